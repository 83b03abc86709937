"""Who reads elsewhere what is no longer copied is told, and does not wait for ever."""

import asyncio

import pytest

from app.errors import RunNotFoundError, RunStoreError
from app.runs.redis import connections as redis_connections
from app.streaming.batches import Batch, LastBatch
from rag_stream.errors import RagError
from tests.support.redis_server import RedisServer
from tests.support.replicas import Opening, first_batch, soon
from tests.support.runs import Answer, joined, some, turns, until


async def test_who_reads_elsewhere_is_told_when_the_copy_fell_behind(
    open_worker: Opening, run_id: str
) -> None:
    maker, other = await open_worker(resume_mb=1), await open_worker()
    answer = Answer()
    await maker.start(answer, run_id)
    for number in range(1, 31):  # faster than anybody reads, Redis included
        answer.say(Batch(some(number, number, size=100_000)))
    await turns()
    answer.say(Batch(some(31, 31)))
    async with asyncio.timeout(5):
        with pytest.raises(RagError):
            await joined(other.runs.read(run_id, "me", 0))


@pytest.mark.parametrize("is_over", [False, True])
async def test_the_copy_goes_on_when_redis_was_away_for_a_while(
    open_worker: Opening,
    own_redis: RedisServer,
    run_id: str,
    monkeypatch: pytest.MonkeyPatch,
    is_over: bool,
) -> None:
    monkeypatch.setattr(redis_connections, "COMMAND_S", 0.5)
    maker, other = await open_worker(own_redis), await open_worker(own_redis)
    answer = Answer(Batch(some(1, 1)))
    await maker.start(answer, run_id)
    assert await first_batch(other, run_id) == some(1, 1)
    own_redis.freeze()
    answer.say(Batch(some(2, 2)))
    await asyncio.sleep(1.2)  # so that copying has failed, and been tried again
    own_redis.thaw()
    answer.say((LastBatch if is_over else Batch)(some(3, 3)))
    if is_over:
        await until(lambda: maker.admission.count == 0)

    async def answers() -> bool:
        try:
            await other.runs.stop("missing", "me")
        except RunStoreError:
            return False
        except RunNotFoundError:
            return True
        raise AssertionError("there is no such run")

    await soon(answers)
    if not is_over:
        asyncio.get_running_loop().call_later(0.5, answer.say, LastBatch(some(4, 4)))
    async with asyncio.timeout(5):
        got = await joined(other.runs.read(run_id, "me", 1))
    assert got == some(2, 3 if is_over else 4)
