"""Renaming in tests: what readers see of it, what a fresh ingest would make, who dies in it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from langchain_core.documents import Document

from rag_stream.errors import IndexUnavailableError
from rag_stream.index.client import ChromaClient, Record
from rag_stream.index.generation import describe
from rag_stream.indexing.recipe import Headings
from rag_stream.indexing.rename import Move
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.synced_index import open_sync, stored

MOVES = {"a": Move("new/a", "#1"), "b": Move("new/b", "#1")}


async def rows(runtime: Runtime) -> dict[str, list[str]]:
    """The texts of each source that readers see."""
    snapshot = await runtime.index.snapshot()
    found: dict[str, list[str]] = {}
    for record in await stored(runtime):
        if snapshot.holds(record):
            found.setdefault(str(record.metadata["source"]), []).append(record.text)
    return {source: sorted(texts) for source, texts in found.items()}


class Dying:
    """A client of a process that is killed: before its n-th write, or when that is done."""

    def __init__(self, client: ChromaClient, n: int, *, done: bool) -> None:
        self._client = client
        self._left = n
        self._done = done

    def __getattr__(self, name: str) -> Any:
        call: Callable[..., Awaitable[Any]] = getattr(self._client, name)
        if name not in ("upsert", "update_metadata", "set_metadata", "delete"):
            return call

        async def write(*arguments: Any, **more: Any) -> Any:
            self._left -= 1
            if self._left > 0:
                return await call(*arguments, **more)
            if self._left == 0 and self._done:
                await call(*arguments, **more)
            raise IndexUnavailableError("killed")

        return write


async def whole(runtime: Runtime) -> dict[str, Record]:
    state = await runtime.index.snapshot()
    records = await (await runtime.index.client()).get(state.collection, vectors=True)
    return {record.id: record for record in records}


async def assert_as_fresh(
    settings: Settings, runtime: Runtime, chunks: list[Document], headings: Headings | None
) -> None:
    """What the index holds is what an ingest into an empty one makes."""
    other = Runtime(settings.model_copy(update={"collection": f"{settings.collection}-fresh"}))
    try:
        await (await open_sync(other, headings=headings)).put("any", chunks)
        fresh, now = await whole(other), await whole(runtime)
    finally:
        await other.aclose()
    assert_same(now, fresh)


def assert_same(now: dict[str, Record], fresh: dict[str, Record]) -> None:
    assert now.keys() == fresh.keys()
    for id, record in fresh.items():
        assert describe(now[id]) == describe(record)
        assert now[id].vector == pytest.approx(record.vector, abs=1e-4)
