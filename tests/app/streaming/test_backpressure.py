"""A run and the reader of its log: how far apart they may be."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest
from langchain_core.runnables import RunnableGenerator
from langchain_core.runnables.utils import AddableDict

from app.streaming.backpressure import MOST_AHEAD, ReadAhead, Throttled
from app.streaming.stream_log import stream_log


class Flood:
    """A run that streams long texts as fast as it may."""

    def __init__(self, chunks: int, size: int = 1_000) -> None:
        self.made = 0
        self._chunks, self._size = chunks, size
        self.runnable = RunnableGenerator(self._pour)

    async def _pour(self, inputs: AsyncIterator[Any]) -> AsyncIterator[AddableDict]:
        async for _ in inputs:
            pass
        for _ in range(self._chunks):
            self.made += 1
            yield AddableDict(answer="x" * self._size)

    def events(self, room: ReadAhead, **filters: Any) -> AsyncGenerator[Any, None]:
        restrained = Throttled(self.runnable, room)
        return room.read(restrained.astream_events("Why?", version="v2", **filters))

    def log(self, room: ReadAhead, **filters: Any) -> AsyncGenerator[Any, None]:
        return stream_log(self.runnable, "Why?", {}, ReadAhead(), **filters)


async def _settled(flood: Flood) -> None:
    """Wait until the run has begun and makes nothing more."""
    async with asyncio.timeout(30):
        before = 0
        while flood.made == 0 or flood.made != before:
            before = flood.made
            for _ in range(200):
                await asyncio.sleep(0)


@pytest.mark.parametrize("way", ["events", "log"])
async def test_a_run_waits_for_a_reader_who_does_not_read(way: str) -> None:
    flood = Flood(10_000)
    async with aclosing(getattr(flood, way)(ReadAhead())) as reading:
        await anext(reading)
        await _settled(flood)
        most = MOST_AHEAD // 1_000 + 3
        assert 1 < flood.made <= most
        before = flood.made
        for _ in range(5 * most):
            await anext(reading)
        await _settled(flood)
        assert before < flood.made


@pytest.mark.parametrize("way", ["events", "log"])
@pytest.mark.parametrize(
    "filters", [{}, {"include_names": ["nothing"]}, {"exclude_names": ["RunnableGenerator"]}]
)
async def test_a_reader_who_reads_gets_it_all(way: str, filters: dict[str, Any]) -> None:
    # Whatever is left out: a reader who gets nothing must not hold the run up for ever.
    flood = Flood(1_000)
    async with asyncio.timeout(30):
        items = [item async for item in getattr(flood, way)(ReadAhead(), **filters)]
    assert flood.made == 1_000
    if not filters:
        assert len(items) > 1_000


async def test_a_chunk_larger_than_the_room_still_passes() -> None:
    flood = Flood(5, size=3 * MOST_AHEAD)
    async with asyncio.timeout(30):
        assert [item async for item in flood.events(ReadAhead())][-1]["event"] == "on_chain_end"


async def test_restrained_only_streams() -> None:
    with pytest.raises(TypeError, match="only streams"):
        Throttled(Flood(1).runnable, ReadAhead()).invoke("Why?")
