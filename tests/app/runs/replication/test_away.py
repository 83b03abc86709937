"""A Redis that lets its workers down."""

import asyncio

import pytest

from app.errors import RunStoreError
from app.runs.redis import connections as redis_connections
from app.streaming.batches import Batch, EarlyBatch, LastBatch
from tests.support.redis_server import RedisServer
from tests.support.replicas import Opening, first_batch
from tests.support.runs import Answer, Worker, joined, some, turns, until


async def test_a_run_goes_on_without_redis(
    open_worker: Opening, own_redis: RedisServer, run_id: str
) -> None:
    maker, other = await open_worker(own_redis), await open_worker(own_redis)
    answer = Answer(EarlyBatch(some(1, 1)), Batch(some(2, 2)))
    run = await maker.start(answer, run_id)
    here = asyncio.create_task(joined(run.begin()))
    assert await first_batch(other, run_id) != []
    own_redis.stop()
    for number in range(3, 8):
        answer.say(Batch(some(number, number)))
        await asyncio.sleep(0.02)
    back = asyncio.create_task(maker.read(run_id, after=4))
    await turns()
    answer.say(LastBatch(some(8, 8)))
    assert await here == some(1, 8)
    assert await back == some(5, 8)
    assert answer.starts == 1
    with pytest.raises(RunStoreError):
        await other.read(run_id)
    with pytest.raises(RunStoreError):
        await other.runs.stop(run_id, "me")


async def test_a_run_is_stopped_at_its_own_worker_without_redis(
    open_worker: Opening, own_redis: RedisServer, run_id: str
) -> None:
    maker = await open_worker(own_redis)
    answer = Answer(Batch(some(1, 1)))
    await maker.start(answer, run_id)
    own_redis.stop()
    async with asyncio.timeout(10):
        await maker.runs.stop(run_id, "me")
    assert answer.has_ended
    assert await maker.read(run_id) == [*some(1, 1), b"error cancelled"]


async def test_no_run_begins_without_redis_and_its_place_is_given_back(
    open_worker: Opening, own_redis: RedisServer, run_id: str
) -> None:
    maker = await open_worker(own_redis, max_streams=2)
    own_redis.stop()
    answer = Answer()
    for _ in range(3):
        with pytest.raises(RunStoreError):
            await maker.start(answer, run_id)
        assert maker.admission.count == 0
        assert maker.admission.find(run_id, "me") is None
    assert answer.starts == 0
    own_redis.start()
    answer.say(LastBatch(some(1, 1)))
    await maker.start(answer, run_id)
    assert await maker.read(run_id) == some(1, 1)


async def test_what_is_kept_is_not_given_up_for_a_run_that_cannot_begin(
    open_worker: Opening, own_redis: RedisServer, run_id: str
) -> None:
    maker = await open_worker(own_redis, resume_runs=1)
    await maker.start(Answer(LastBatch(some(1, 1))), run_id)
    await until(lambda: maker.admission.count == 0)
    own_redis.stop()
    with pytest.raises(RunStoreError):
        await maker.start(Answer(), f"{run_id}-next")
    assert await maker.read(run_id) == some(1, 1)


async def test_a_worker_starts_without_redis_and_uses_it_once_it_is_there(
    own_redis: RedisServer, run_id: str
) -> None:
    """One that is begun anew while Redis is away must not end them all."""
    own_redis.stop()
    worker = Worker(redis_url=own_redis.url)
    try:
        await worker.runs.open()
        with pytest.raises(RunStoreError):
            await worker.start(Answer(), run_id)
        own_redis.start()
        await worker.start(Answer(LastBatch(some(1, 1))), run_id)
        assert await worker.read(run_id) == some(1, 1)
    finally:
        await worker.runs.aclose()


async def test_a_worker_ends_in_time_though_redis_hangs(
    open_worker: Opening,
    own_redis: RedisServer,
    run_id: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(redis_connections, "COMMAND_S", 0.5)
    maker = await open_worker(own_redis)
    answer = Answer(Batch(some(1, 1)))
    await maker.start(answer, run_id)
    await turns()
    own_redis.freeze()
    async with asyncio.timeout(10):
        await maker.runs.aclose()
    assert answer.has_ended
