"""Answers of the chat model alone."""

from typing import Any

import pytest

from rag_stream.conversation import Conversation, Turn
from rag_stream.errors import ModelFailedError
from rag_stream.events import Accepted, Finished, Text
from rag_stream.runnable import RagChain
from rag_stream.sampling import SAMPLING, Sampling
from rag_stream.settings import Settings
from tests.support.openai_server import OpenAIServer

ASKED = Conversation("A title?", (Turn("user", "Hi"), Turn("assistant", "Hello")), "Be short.")


async def events(chain: RagChain, config: Any = None) -> list[Any]:
    return [event async for event in chain.bare_events(ASKED, config)]


async def test_the_model_gets_what_was_said_and_nothing_else(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    openai_server.script(answer="A short one.")
    config = {"configurable": {SAMPLING: Sampling(max_tokens=2)}, "run_id": "r"}
    chain = RagChain(settings)
    *told, last = await events(chain, config)
    assert "".join(event.text for event in told if isinstance(event, Text)) == "A short"
    assert isinstance(told[0], Accepted)
    assert isinstance(last, Finished)
    assert (last.status.state, last.status.finish_reason) == ("truncated", "length")
    assert (last.status.run_id, last.status.usage["output_tokens"]) == ("r", 2)
    (call,) = openai_server.calls  # no question was embedded
    assert [(m["role"], m["content"]) for m in call.body["messages"]] == [
        ("system", "Be short."),
        ("user", "Hi"),
        ("assistant", "Hello"),
        ("user", "A title?"),
    ]
    await chain.aclose()


async def test_a_failure_is_one(settings: Settings, openai_server: OpenAIServer) -> None:
    openai_server.script(status=500)
    chain = RagChain(settings.model_copy(update={"retries": 0}))
    with pytest.raises(ModelFailedError):
        await events(chain)
    await chain.aclose()


async def test_without_a_language_model_something_is_said_all_the_same(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    chain = RagChain(settings.model_copy(update={"chat_model": "local:extractive"}))
    text, last = await events(chain)
    assert text.text
    assert last.status.finish_reason == "stop"
    assert not openai_server.calls
    await chain.aclose()
