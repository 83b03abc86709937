"""A model call that was refused, in a run's log: never with the HTTP response it got."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import RunnableConfig

from app.streaming.backpressure import ReadAhead
from app.streaming.stream_log import stream_log

REQUEST = httpx.Request("POST", "http://model")
RESPONSE = httpx.Response(429, json={"error": "secret of sk-1"}, headers={"x-secret": "sk-2"})


class Refusing(BaseChatModel):
    """Says some words, then fails with an HTTP error."""

    words: list[str]

    @property
    def _llm_type(self) -> str:
        return "refusing"

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        raise httpx.HTTPStatusError("no", request=REQUEST, response=RESPONSE)

    async def _astream(
        self, messages: list[BaseMessage], *_: Any, **__: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        for word in self.words:
            yield ChatGenerationChunk(message=AIMessageChunk(content=word))
        raise httpx.HTTPStatusError("no", request=REQUEST, response=RESPONSE)


@pytest.mark.parametrize("words", [[], ["one", " two"]], ids=["at once", "later"])
async def test_a_log_has_nothing_of_the_response_but_its_status(words: list[str]) -> None:
    log: list[Any] = []

    async def read() -> None:
        chain = Refusing(words=words) | StrOutputParser()
        async for patch in stream_log(chain, "Why?", RunnableConfig(), ReadAhead()):
            log.extend(patch.ops)

    with pytest.raises(httpx.HTTPStatusError):
        await read()
    ended = [op["value"] for op in log if op["path"] == "/logs/Refusing/final_output"]
    assert len(ended) == 1
    assert "'status_code': 429" in repr(ended)
    assert "secret" not in repr(log)
    assert "sk-" not in repr(log)
