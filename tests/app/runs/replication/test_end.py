"""The end of a worker is told at the others."""

import asyncio
from contextlib import aclosing

import pytest

from app.streaming.batches import Batch, LastBatch
from rag_stream.errors import RagError
from tests.support.redis_server import RedisServer
from tests.support.replicas import Opening, first_batch
from tests.support.runs import Answer, Worker, some, turns


async def test_a_worker_that_ends_says_so_to_readers_elsewhere(
    maker: Worker, other: Worker, run_id: str
) -> None:
    await maker.start(Answer(Batch(some(1, 2))), run_id)
    reading = asyncio.create_task(other.read(run_id))
    await turns()
    async with asyncio.timeout(10):
        await maker.runs.aclose()
    assert await reading == [*some(1, 2), b"error shutting_down"]
    assert await other.read(run_id, after=2) == [b"error shutting_down"]


async def test_a_worker_that_ends_first_says_what_redis_has_not_taken_yet(
    open_worker: Opening, own_redis: RedisServer, run_id: str
) -> None:
    maker, other = await open_worker(own_redis), await open_worker(own_redis)
    answer = Answer(Batch(some(1, 1)))
    await maker.start(answer, run_id)
    assert await first_batch(other, run_id) == some(1, 1)
    own_redis.freeze()
    answer.say(Batch(some(2, 2)))  # on its way, and what follows has to wait for it
    await asyncio.sleep(0.05)
    ending = asyncio.create_task(maker.runs.aclose())
    await asyncio.sleep(0.2)
    own_redis.thaw()
    await ending
    assert await other.read(run_id, after=1) == [*some(2, 2), b"error shutting_down"]


async def test_an_ended_run_outlives_its_worker(maker: Worker, other: Worker, run_id: str) -> None:
    await maker.start(Answer(LastBatch(some(1, 300))), run_id)
    await turns()
    await maker.runs.aclose()
    assert await other.read(run_id, after=50) == some(51, 300)


async def test_a_reader_is_told_when_its_own_worker_ends(
    maker: Worker, other: Worker, run_id: str
) -> None:
    answer = Answer(Batch(some(1, 1)))
    await maker.start(answer, run_id)
    async with asyncio.timeout(10), aclosing(other.runs.read(run_id, "me", 0)) as reading:
        await anext(reading)
        waiting = asyncio.ensure_future(anext(reading))
        await asyncio.sleep(0.05)
        await other.runs.aclose()
        with pytest.raises(RagError):
            await waiting
    answer.say(LastBatch(some(2, 2)))
    assert await maker.read(run_id) == some(1, 2)
