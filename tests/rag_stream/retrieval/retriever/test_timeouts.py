"""The documents in time or not at all: what hangs is told."""

import asyncio
from typing import Any

import pytest
from langchain_core.callbacks import AsyncCallbackHandler
from langchain_core.runnables import RunnableConfig

from rag_stream.errors import RetrievalTimeoutError
from rag_stream.settings import Settings
from tests.support.corpus import STREAM, fill
from tests.support.openai_server import OpenAIServer
from tests.support.raw_server import raw_server
from tests.support.retrieval import (
    EMBEDDING,
    QUESTION,
    HangingIndex,
    ask,
    at,
    nothing_left,
    opened,
    until,
)


class Errors(AsyncCallbackHandler):
    """Keeps what a retriever's run was told to have failed with."""

    def __init__(self) -> None:
        self.seen: list[type[BaseException]] = []

    async def on_retriever_error(self, error: BaseException, **kwargs: Any) -> None:
        self.seen.append(type(error))


@pytest.mark.parametrize("config", [None, {}])
async def test_an_embedding_model_that_hangs_is_told_in_time(
    settings: Settings, openai_server: OpenAIServer, config: RunnableConfig | None
) -> None:
    await fill(settings)
    async with opened(settings, retrieval_timeout_s=0.3) as runtime:
        openai_server.once(EMBEDDING, hang="response")
        async with nothing_left():
            with pytest.raises(RetrievalTimeoutError, match=r"not found within 0\.3 s") as caught:
                await ask(runtime, config)
        assert isinstance(caught.value.__cause__, TimeoutError)
        assert (caught.value.code, caught.value.status_code) == ("retrieval_timeout", 504)
        await openai_server.until(lambda: openai_server.live == 0)
        assert openai_server.calls[-1].outcome == "abandoned"


async def test_after_a_timeout_the_next_question_is_answered(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    await fill(settings)
    async with opened(settings, retrieval_timeout_s=1.0) as runtime:
        openai_server.once(EMBEDDING, hang="response")
        with pytest.raises(RetrievalTimeoutError):
            await ask(runtime, None)
        found = await ask(runtime, None)
        assert found.documents[0].page_content == STREAM


@pytest.mark.parametrize("config", [None, {}])
async def test_an_index_that_hangs_is_told_in_time(
    settings: Settings, config: RunnableConfig | None
) -> None:
    index = HangingIndex()
    async with (
        raw_server(index) as port,
        opened(settings, chroma_url=at(port), retrieval_timeout_s=0.5) as runtime,
    ):
        await runtime.embedder.embed_question(QUESTION)  # so that only the index is waited for
        before = asyncio.all_tasks()
        with pytest.raises(RetrievalTimeoutError) as caught:
            await ask(runtime, config)
        assert isinstance(caught.value.__cause__, TimeoutError)
        assert index.asked.is_set()
        await until(lambda: index.open == 0)
        await until(lambda: asyncio.all_tasks() <= before)


async def test_the_time_of_all_tries_counts(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    """A model that fails slowly is not asked for as long as its retries take."""
    openai_server.script(EMBEDDING, status=500, response_delay=0.2)
    changes = {"embeddings": f"openai:{EMBEDDING}"}  # else only the index tells the model
    async with opened(settings, retrieval_timeout_s=0.5, retries=10, **changes) as runtime:
        with pytest.raises(RetrievalTimeoutError):
            await ask(runtime, None)
    assert len(openai_server.embeddings) < 5


async def test_a_timeout_is_what_the_run_is_told_to_have_failed_with(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    openai_server.script(EMBEDDING, hang="response")
    errors = Errors()
    changes = {"embeddings": f"openai:{EMBEDDING}"}
    async with opened(settings, retrieval_timeout_s=0.2, **changes) as runtime:
        with pytest.raises(RetrievalTimeoutError):
            await ask(runtime, {"callbacks": [errors]})
    assert errors.seen == [RetrievalTimeoutError]
