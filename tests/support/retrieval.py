"""Retrieval of one question, with indexes that hang; what is waited for, and what is left."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from langchain_core.runnables import RunnableConfig

from rag_stream.options import options_of
from rag_stream.pipeline.runtime import Runtime
from rag_stream.retrieval.retriever import Retrieved
from rag_stream.settings import Settings
from tests.support.raw_server import read_request

EMBEDDING = "text-embedding-3-small"
QUESTION = "What is streaming?"


class HangingIndex:
    """Takes requests and never answers; counts those whose client is still there."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.open = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        try:
            await read_request(reader)
            self.asked.set()
            await reader.read(1)  # until the client has gone
        finally:
            self.open -= 1


@asynccontextmanager
async def opened(settings: Settings, **changes: Any) -> AsyncIterator[Runtime]:
    runtime = Runtime(settings.model_copy(update=changes))
    try:
        await runtime.load()  # imports take longer than these tests wait
        yield runtime
    finally:
        await runtime.aclose()


@asynccontextmanager
async def nothing_left() -> AsyncIterator[None]:
    """Whatever the block began has ended, but for the few steps that a cancellation takes."""
    before = asyncio.all_tasks()
    yield
    for _ in range(10):
        await asyncio.sleep(0)
    assert asyncio.all_tasks() - before == set()


async def ask(runtime: Runtime, config: RunnableConfig | None, **chosen: Any) -> Retrieved:
    """What is retrieved for the question."""
    options = options_of(runtime.settings, chosen)
    return await runtime.retriever.retrieve(QUESTION, options, config)


def at(port: int) -> str:
    return f"http://127.0.0.1:{port}"


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - what it waits for is no event of ours
            await asyncio.sleep(0.005)
