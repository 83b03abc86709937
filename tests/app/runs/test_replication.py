"""Two workers that share their runs through a real Redis, and a Redis that lets them down."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing
from typing import Any
from uuid import uuid4

import pytest

from app.errors import EventsGoneError, OverloadedError, RunNotFoundError, RunStoreError
from app.runs.redis import connections as redis_connections
from app.runs.redis import events as redis_events
from app.runs.redis import heartbeat as redis_heartbeat
from app.streaming.batches import Batch, EarlyBatch, LastBatch
from rag_stream.errors import RagError
from tests.app.runs.test_manager import Answer, Worker, error_event, joined, some, turns, until
from tests.support.redis_server import RedisServer

Opening = Callable[..., Awaitable[Worker]]


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with RedisServer() as started:
        yield started


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """One that a test may end."""
    with RedisServer() as started:
        yield started


@pytest.fixture(autouse=True)
async def _no_task_is_left() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    await turns()  # those of closed connections
    assert asyncio.all_tasks() - before - {asyncio.current_task()} == set()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes seconds in earnest takes tenths of them."""
    monkeypatch.setattr(redis_events, "WAIT_MS", 200)
    monkeypatch.setattr(redis_heartbeat, "BEAT_S", 0.1)
    monkeypatch.setattr(redis_heartbeat, "BEAT_LASTS_S", 2.0)
    monkeypatch.setattr(redis_heartbeat, "RETRY_S", 0.1)


@pytest.fixture
async def open_worker(redis: RedisServer) -> AsyncIterator[Opening]:
    workers: list[Worker] = []

    async def open_one(server: RedisServer = redis, **settings: Any) -> Worker:
        worker = Worker(redis_url=server.url, web_concurrency=2, **settings)
        await worker.runs.open()
        workers.append(worker)
        return worker

    yield open_one
    for worker in workers:
        await worker.runs.aclose()


@pytest.fixture
async def maker(open_worker: Opening) -> Worker:
    """The worker that makes the answers."""
    return await open_worker()


@pytest.fixture
async def other(open_worker: Opening) -> Worker:
    return await open_worker()


@pytest.fixture
def run_id() -> str:
    """Tests share a Redis, and no run."""
    return uuid4().hex


async def soon(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await is_so():  # noqa: ASYNC110 - Redis tells
            await asyncio.sleep(0.02)


async def first_batch(worker: Worker, run_id: str) -> list[bytes]:
    async with asyncio.timeout(10), aclosing(worker.runs.read(run_id, "me", 0)) as reading:
        return await anext(reading)


# Reading from another worker


async def test_another_worker_tells_each_event_as_it_is_made(
    maker: Worker, other: Worker, run_id: str
) -> None:
    answer = Answer(EarlyBatch(some(1, 2)))
    await maker.start(answer, run_id)
    async with asyncio.timeout(10), aclosing(other.runs.read(run_id, "me", 0)) as reading:
        got = 0
        while got < 2:
            got += len(await anext(reading))
        for number in range(3, 10):
            answer.say(Batch(some(number, number)))
            assert await anext(reading) == some(number, number)
        answer.say(LastBatch(some(10, 11)))
        assert await anext(reading) == some(10, 11)
        with pytest.raises(StopAsyncIteration):
            await anext(reading)
    assert answer.starts == 1


async def test_a_run_is_gone_on_with_at_another_worker(
    maker: Worker, other: Worker, run_id: str
) -> None:
    answer = Answer(EarlyBatch(some(1, 1)), Batch(some(2, 5)))
    run = await maker.start(answer, run_id)
    connection = asyncio.create_task(joined(run.begin()))
    await turns()
    connection.cancel()
    await asyncio.gather(connection, return_exceptions=True)
    reading = [asyncio.create_task(other.read(run_id, after=after)) for after in (0, 3, 5)]
    answer.say(Batch(some(6, 8)), LastBatch(some(9, 9)))
    assert await asyncio.gather(*reading) == [some(1, 9), some(4, 9), some(6, 9)]
    assert answer.starts == 1
    assert await other.read(run_id, after=8) == some(9, 9)
    assert await other.read(run_id, after=9) == []
    assert await maker.read(run_id, after=3) == some(4, 9)


async def test_many_runs_and_readers_get_along(maker: Worker, other: Worker, run_id: str) -> None:
    names = [f"{run_id}-{number}" for number in range(20)]
    answers = [Answer() for _ in names]
    for at, (name, answer) in enumerate(zip(names, answers, strict=True)):
        await (maker, other)[at % 2].start(answer, name)
    reading = [
        asyncio.create_task(worker.read(name, after=0))
        for name in names
        for worker in (maker, other)
    ]
    for number in range(1, 30):
        for answer in answers:
            answer.say(Batch(some(number, number)))
        await asyncio.sleep(0.001)
    for answer in answers:
        answer.say(LastBatch(some(30, 30)))
    assert await asyncio.gather(*reading) == [some(1, 30)] * 40


async def test_a_failure_reaches_those_who_come_back_elsewhere(
    maker: Worker, other: Worker, run_id: str
) -> None:
    answer = Answer(EarlyBatch(some(1, 1)))
    await maker.start(answer, run_id)
    reading = asyncio.create_task(other.read(run_id))
    await turns()
    answer.say(RagError("refused"))
    expected = [*some(1, 1), b"error internal"]
    assert await reading == expected
    assert await other.read(run_id) == expected


async def test_an_answer_that_breaks_off_without_a_word_has_an_end_elsewhere_too(
    maker: Worker, other: Worker, run_id: str
) -> None:
    go_on = asyncio.Event()

    async def events() -> AsyncGenerator[Batch, None]:
        yield Batch(some(1, 1))
        await go_on.wait()

    await maker.runs.start(run_id, "me", events(), error_event)
    reading = asyncio.create_task(other.read(run_id))
    await turns()
    go_on.set()
    *before, last = await reading
    assert before == some(1, 1)
    assert last.startswith(b"error ")


async def test_a_run_is_not_there_for_another_caller(
    maker: Worker, other: Worker, run_id: str
) -> None:
    answer = Answer(Batch(some(1, 1)))
    await maker.start(answer, run_id)
    messages = set()
    for name, caller in ((run_id, "you"), ("missing", "me"), ("missing", "you")):
        with pytest.raises(RunNotFoundError) as caught:
            await other.read(name, caller)
        messages.add(str(caught.value))
        with pytest.raises(RunNotFoundError) as caught:
            await other.runs.stop(name, caller)
        messages.add(str(caught.value))
    assert len(messages) == 1, "nobody learns that there is one"
    assert not answer.has_ended


# Stopping from another worker


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


# Gone


async def test_what_a_run_has_given_up_is_gone_elsewhere_too(
    open_worker: Opening, run_id: str
) -> None:
    maker, other = await open_worker(resume_mb=1), await open_worker()
    answer = Answer()
    run = await maker.start(answer, run_id)
    async with asyncio.timeout(10), aclosing(other.runs.read(run_id, "me", 0)) as reading:
        for number in range(1, 16):
            answer.say(Batch(some(number, number, size=100_000)))
            assert await anext(reading) == some(number, number, size=100_000)
    assert run.first > 1

    async def is_gone() -> bool:
        try:
            async with aclosing(other.runs.read(run_id, "me", 0)) as reading:
                await anext(reading)
        except EventsGoneError:
            return True
        return False

    await soon(is_gone)
    first = run.first
    async with aclosing(other.runs.read(run_id, "me", first - 1)) as reading:
        assert (await anext(reading))[0] == some(first, first, size=100_000)[0]


async def test_a_run_that_was_given_up_is_gone_elsewhere_too(
    open_worker: Opening, run_id: str
) -> None:
    maker, other = await open_worker(resume_runs=1), await open_worker()
    await maker.start(Answer(LastBatch(some(1, 1))), run_id)
    assert await other.has(run_id)
    await until(lambda: maker.admission.count == 0)
    await maker.start(Answer(LastBatch()), f"{run_id}-next")

    async def is_gone() -> bool:
        return not await other.has(run_id)

    await soon(is_gone)


async def test_a_run_expires_everywhere(open_worker: Opening, run_id: str) -> None:
    maker, other = await open_worker(resume_s=0.3), await open_worker(resume_s=0.3)
    await maker.start(Answer(LastBatch(some(1, 1))), run_id)
    assert await other.read(run_id) == some(1, 1)

    async def is_gone() -> bool:
        return not (await other.has(run_id) or await maker.has(run_id))

    await soon(is_gone)


async def test_the_bound_of_runs_holds_for_those_that_begin_at_once(
    open_worker: Opening, run_id: str
) -> None:
    # Telling Redis takes a while, in which others come.
    maker = await open_worker(resume_runs=3)
    answers = [Answer() for _ in range(10)]
    results = await asyncio.gather(
        *(maker.start(answer, f"{run_id}-{at}") for at, answer in enumerate(answers)),
        return_exceptions=True,
    )
    refused = [result for result in results if isinstance(result, OverloadedError)]
    assert (len(results) - len(refused), maker.admission.count) == (3, 3)


# The end of a worker


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


# A Redis that is not there


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


async def test_a_worker_does_not_start_without_redis(own_redis: RedisServer) -> None:
    own_redis.stop()
    worker = Worker(redis_url=own_redis.url)
    with pytest.raises(RunStoreError):
        await worker.runs.open()
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


# Those who read elsewhere what is no longer copied: they are told, and do not wait for ever


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
