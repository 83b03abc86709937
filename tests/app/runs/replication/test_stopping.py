"""Runs are stopped from another worker."""

import asyncio
from typing import Any

import pytest

from app.streaming.batches import Batch, EarlyBatch, LastBatch
from rag_stream.errors import RagError
from tests.support.runs import Answer, Worker, joined, some, turns


async def test_another_worker_stops_a_run(maker: Worker, other: Worker, run_id: str) -> None:
    answer = Answer(EarlyBatch(some(1, 1)), Batch(some(2, 2)))
    run = await maker.start(answer, run_id)
    here = asyncio.create_task(joined(run.begin()))
    there = asyncio.create_task(other.read(run_id))
    await turns()
    await other.runs.stop(run_id, "me")
    assert answer.has_ended, "when stop returns"
    assert maker.admission.count == 0
    expected = [*some(1, 2), b"error cancelled"]
    assert await here == expected
    assert await there == expected
    assert await other.read(run_id) == expected
    await other.runs.stop(run_id, "me")  # which needs nothing


async def test_a_stop_ends_that_run_alone(maker: Worker, other: Worker, run_id: str) -> None:
    stays = Answer(Batch(some(1, 1)))
    await maker.start(Answer(), run_id)
    await maker.start(stays, f"{run_id}-stays")
    await other.runs.stop(run_id, "me")
    stays.say(LastBatch(some(2, 2)))
    assert await other.read(f"{run_id}-stays") == some(1, 2)


async def test_a_run_that_does_not_end_is_not_called_stopped(
    maker: Worker, other: Worker, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.runs.manager.STOP_S", 0.3)
    closed = asyncio.Event()

    class Slow(Answer):
        async def events(self) -> Any:
            try:
                async for batch in super().events():
                    yield batch
            finally:
                await closed.wait()

    await maker.start(Slow(Batch(some(1, 1))), run_id)
    await turns()
    with pytest.raises(RagError) as caught:
        await other.runs.stop(run_id, "me")
    assert caught.value.code == "stop_timeout"
    closed.set()
