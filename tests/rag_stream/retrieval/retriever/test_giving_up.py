"""A question given up, or one that fails: nothing goes on without us."""

import asyncio

import pytest
from langchain_core.runnables import RunnableConfig

from rag_stream.errors import EmbeddingRejectedError
from rag_stream.settings import Settings
from tests.support.corpus import fill
from tests.support.openai_server import OpenAIServer
from tests.support.raw_server import raw_server
from tests.support.retrieval import EMBEDDING, HangingIndex, ask, at, nothing_left, opened, until


@pytest.mark.parametrize("config", [None, {}])
async def test_a_question_given_up_lets_go_of_the_embedding_model(
    settings: Settings, openai_server: OpenAIServer, config: RunnableConfig | None
) -> None:
    await fill(settings)
    openai_server.script(EMBEDDING, hang="response")
    async with opened(settings) as runtime, nothing_left():
        count = len(openai_server.calls)
        asking = asyncio.create_task(ask(runtime, config))
        await openai_server.until(lambda: len(openai_server.calls) > count)
        asking.cancel()
        await asyncio.wait({asking}, timeout=10)
        assert asking.cancelled()
        await openai_server.until(lambda: openai_server.live == 0)


async def test_a_question_given_up_lets_go_of_the_index(settings: Settings) -> None:
    index = HangingIndex()
    async with raw_server(index) as port, opened(settings, chroma_url=at(port)) as runtime:
        before = asyncio.all_tasks()
        asking = asyncio.create_task(ask(runtime, None))
        await index.asked.wait()
        asking.cancel()
        await asyncio.wait({asking}, timeout=10)
        assert asking.cancelled()
        await until(lambda: index.open == 0)
        await until(lambda: asyncio.all_tasks() <= before)


async def test_an_embedding_that_fails_does_not_leave_the_look_at_the_index_behind(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    openai_server.script(EMBEDDING, status=401)
    index = HangingIndex()
    changes = {"embeddings": f"openai:{EMBEDDING}"}  # else only the index tells the model
    async with (
        raw_server(index) as port,
        opened(settings, chroma_url=at(port), **changes) as runtime,
    ):
        before = asyncio.all_tasks()
        with pytest.raises(EmbeddingRejectedError):
            await ask(runtime, None)
        await until(lambda: index.open == 0)
        await until(lambda: asyncio.all_tasks() <= before)
