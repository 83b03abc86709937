"""Runs that go on without their client: kept within bounds, found again, stopped."""

import asyncio
import gc
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from itertools import chain
from typing import Any

import pytest

from app.errors import (
    EventsGoneError,
    OverloadedError,
    ResumeUnavailableError,
    RunCancelledError,
    RunNotFoundError,
    ShuttingDownError,
    StopTimeoutError,
)
from app.lifecycle.admission import Admission
from app.runs.manager import Runs
from app.runs.run import Run
from app.streaming.batches import Batch, EarlyBatch, LastBatch
from rag_stream.errors import InvalidInputError, RagError
from rag_stream.settings import load_settings

MB = 1_000_000


class Answer:
    """An answer in the making: the test says what comes, and sees how often it was asked for."""

    def __init__(self, *events: Batch | Exception) -> None:
        self.starts = 0
        self.has_ended = False
        self._coming: asyncio.Queue[Batch | Exception] = asyncio.Queue()
        self.say(*events)

    def say(self, *events: Batch | Exception) -> None:
        for each in events:
            self._coming.put_nowait(each)

    async def events(self) -> AsyncGenerator[Batch, None]:
        self.starts += 1
        try:
            while True:
                coming = await self._coming.get()
                if isinstance(coming, Exception):
                    raise coming
                yield coming
                if type(coming) is LastBatch:
                    return
        finally:
            await asyncio.sleep(0)  # closing takes a moment, as that of a connection does
            self.has_ended = True


def error_event(error: Exception) -> bytes:
    return f"error {getattr(error, 'code', type(error).__name__)}".encode()


class Worker:
    """A gate and its runs; `start` and `read` with what most tests say."""

    def __init__(self, **settings: Any) -> None:
        self.settings = load_settings(**settings)
        self.admission = Admission(lambda: self.settings.max_streams)
        self.runs = Runs(self.admission, lambda: self.settings)

    async def start(self, answer: Answer, run_id: str = "run", caller: str = "me") -> Run:
        return await self.runs.start(run_id, caller, answer.events(), error_event)

    async def read(self, run_id: str = "run", caller: str = "me", after: int = 0) -> list[bytes]:
        async with asyncio.timeout(10):
            return await joined(self.runs.read(run_id, caller, after))

    async def has(self, run_id: str) -> bool:
        """Whether a run is still kept; must be over, or this waits for its end."""
        try:
            await self.read(run_id)
        except RunNotFoundError:
            return False
        return True


async def joined(batches: AsyncGenerator[Batch, None]) -> list[bytes]:
    async with aclosing(batches):
        return list(chain.from_iterable([batch async for batch in batches]))


def some(first: int, last: int, size: int = 1) -> list[bytes]:
    """Numbered events of that size or a little more."""
    return [f"<{number}>".encode().ljust(size, b".") for number in range(first, last + 1)]


async def until(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 - told by no event
            await asyncio.sleep(0.002)


async def until_freed(run: "weakref.ref[Run]") -> None:
    async with asyncio.timeout(5):
        while run() is not None:
            await asyncio.sleep(0.02)
            gc.collect()


async def turns(count: int = 20) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.fixture(autouse=True)
async def _no_task_is_left() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    assert asyncio.all_tasks() - before - {asyncio.current_task()} == set()


@pytest.fixture
async def open_worker() -> AsyncIterator[Callable[..., Awaitable[Worker]]]:
    workers: list[Worker] = []

    async def open_one(**settings: Any) -> Worker:
        worker = Worker(**settings)
        await worker.runs.open()
        workers.append(worker)
        return worker

    yield open_one
    for worker in workers:
        await worker.runs.aclose()


@pytest.fixture
async def worker(open_worker: Callable[..., Awaitable[Worker]]) -> Worker:
    return await open_worker()


Opening = Callable[..., Awaitable[Worker]]


# Beginning, reading, ending


async def test_a_run_is_read_while_it_goes_on_and_after_it(worker: Worker) -> None:
    answer = Answer(EarlyBatch(some(1, 1)), Batch(some(2, 3)))
    run = await worker.start(answer)
    assert worker.admission.count == 1
    beginning = asyncio.create_task(joined(run.begin()))
    reading = asyncio.create_task(worker.read(after=1))
    await turns()
    answer.say(Batch(some(4, 4)), LastBatch(some(5, 5)))
    assert await beginning == some(1, 5)
    assert await reading == some(2, 5)
    await until(lambda: answer.has_ended)
    await turns()
    assert worker.admission.count == 0, "it has given its place back"
    assert await worker.read() == some(1, 5)
    assert await worker.read(after=4) == some(5, 5)
    assert await worker.read(after=5) == []
    assert answer.starts == 1


async def test_a_run_goes_on_when_its_first_connection_goes(worker: Worker) -> None:
    answer = Answer(EarlyBatch(some(1, 1)), Batch(some(2, 2)))
    run = await worker.start(answer)
    connection = asyncio.create_task(joined(run.begin()))
    await turns()
    connection.cancel()
    await asyncio.gather(connection, return_exceptions=True)
    answer.say(Batch(some(3, 9)))
    reading = asyncio.create_task(worker.read(after=2))
    await turns()
    assert not answer.has_ended
    answer.say(LastBatch(some(10, 10)))
    assert await reading == some(3, 10)
    assert await worker.read() == some(1, 10)
    assert answer.starts == 1


async def test_a_run_that_nobody_reads_comes_to_its_end(worker: Worker) -> None:
    answer = Answer(EarlyBatch(some(1, 1)), Batch(some(2, 9)), LastBatch(some(10, 10)))
    await worker.start(answer)
    await until(lambda: worker.admission.count == 0)
    assert await worker.read() == some(1, 10)


async def test_a_run_that_fails_says_so_to_its_connection_and_to_those_who_come_back(
    worker: Worker,
) -> None:
    failure = RagError("refused")
    run = await worker.start(Answer(EarlyBatch(some(1, 1)), failure))
    with pytest.raises(RagError) as caught:
        await joined(run.begin())
    assert caught.value is failure
    assert await worker.read() == [*some(1, 1), b"error internal"]
    await until(lambda: worker.admission.count == 0)


async def test_any_failure_ends_a_run_and_no_other(worker: Worker) -> None:
    other = Answer(Batch(some(1, 1)))
    await worker.start(other, "other")
    await worker.start(Answer(Batch(some(1, 1)), ZeroDivisionError("not ours")))
    assert await worker.read() == [*some(1, 1), b"error ZeroDivisionError"]
    other.say(LastBatch(some(2, 2)))
    assert await worker.read("other") == some(1, 2)


async def test_a_failure_after_the_end_changes_nothing(worker: Worker) -> None:
    async def events() -> AsyncGenerator[Batch, None]:
        yield LastBatch(some(1, 2))
        raise RagError("too late")

    await worker.runs.start("run", "me", events(), error_event)
    assert await worker.read() == some(1, 2)
    await until(lambda: worker.admission.count == 0)
    assert await worker.read() == some(1, 2)


@pytest.mark.parametrize("is_cancelled", [False, True])
async def test_an_answer_that_breaks_off_without_a_word_still_has_an_end(
    worker: Worker, is_cancelled: bool
) -> None:
    async def events() -> AsyncGenerator[Batch, None]:
        yield Batch(some(1, 2))
        if is_cancelled:  # as the tasks of a loop are that is closed
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            await asyncio.sleep(0)

    run = await worker.runs.start("run", "me", events(), error_event)
    for batches in (worker.runs.read("run", "me", 0), run.begin()):
        async with asyncio.timeout(10):
            *before, last = await joined(batches)
        assert before == some(1, 2)
        assert last.startswith(b"error ")
    await until(lambda: worker.admission.count == 0)


async def test_reading_says_what_is_wrong(worker: Worker) -> None:
    await worker.start(Answer(LastBatch(some(1, 2))))
    with pytest.raises(InvalidInputError, match="after"):
        await worker.read(after=3)
    with pytest.raises(RunNotFoundError):
        await worker.read("another")


# Where there is no place


async def test_a_run_needs_a_place_like_any_other(open_worker: Opening) -> None:
    worker = await open_worker(max_streams=1)
    answer, refused = Answer(), Answer()
    await worker.start(answer)
    with pytest.raises(OverloadedError, match="RAG_MAX_STREAMS"):
        await worker.start(refused, "refused")
    answer.say(LastBatch(some(1, 1)))
    await until(lambda: worker.admission.count == 0)
    worker.admission.close()
    with pytest.raises(ShuttingDownError):
        await worker.start(refused, "refused")
    with pytest.raises(RunNotFoundError):
        await worker.read("refused")
    assert refused.starts == 0
    assert await worker.read() == some(1, 1)


async def test_several_workers_need_something_to_share_runs_through(open_worker: Opening) -> None:
    worker = await open_worker(web_concurrency=2)
    answer = Answer()
    with pytest.raises(ResumeUnavailableError, match="REDIS_URL"):
        await worker.start(answer)
    assert (worker.admission.count, answer.starts) == (0, 0)


# Stopping


async def test_a_stop_ends_the_answer_and_tells_its_readers(worker: Worker) -> None:
    answer = Answer(EarlyBatch(some(1, 1)), Batch(some(2, 2)))
    run = await worker.start(answer)
    beginning = asyncio.create_task(joined(run.begin()))
    reading = asyncio.create_task(worker.read(after=1))
    await turns()
    await worker.runs.stop("run", "me")
    assert answer.has_ended, "when stop returns"
    assert worker.admission.count == 0
    assert await beginning == [*some(1, 2), b"error cancelled"]
    assert await reading == [*some(2, 2), b"error cancelled"]
    assert await worker.read(after=2) == [b"error cancelled"]


async def test_a_stop_before_the_model_has_accepted_is_an_error(worker: Worker) -> None:
    run = await worker.start(Answer(EarlyBatch(some(1, 1))))
    beginning = asyncio.create_task(joined(run.begin()))
    await turns()
    await worker.runs.stop("run", "me")
    with pytest.raises(RunCancelledError):
        await beginning
    assert await worker.read() == [*some(1, 1), b"error cancelled"]


async def test_a_run_can_be_stopped_before_it_has_begun(worker: Worker) -> None:
    await worker.start(Answer())
    await worker.runs.stop("run", "me")
    assert worker.admission.count == 0
    assert await worker.read() == [b"error cancelled"]


async def test_a_run_that_is_over_needs_no_stop(worker: Worker) -> None:
    await worker.start(Answer(LastBatch(some(1, 2))))
    await until(lambda: worker.admission.count == 0)
    await worker.runs.stop("run", "me")
    assert await worker.read() == some(1, 2)


async def test_several_may_stop_a_run_at_once(worker: Worker) -> None:
    answer = Answer(Batch(some(1, 1)))
    await worker.start(answer)
    await turns()
    await asyncio.gather(*(worker.runs.stop("run", "me") for _ in range(3)))
    assert await worker.read() == [*some(1, 1), b"error cancelled"]


async def test_a_run_that_does_not_end_in_time_is_not_called_stopped(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.runs.manager.STOP_S", 0.02)
    closed = asyncio.Event()

    async def events() -> AsyncGenerator[Batch, None]:
        try:
            yield Batch(some(1, 1))
            await asyncio.Event().wait()
        finally:
            await closed.wait()

    await worker.runs.start("run", "me", events(), error_event)
    await turns()
    with pytest.raises(StopTimeoutError, match="0.02 s"):
        await worker.runs.stop("run", "me")
    assert worker.admission.count == 1
    closed.set()
    assert await worker.read() == [*some(1, 1), b"error cancelled"]


@pytest.mark.parametrize("is_over", [False, True])
async def test_a_run_is_not_there_for_another_caller(worker: Worker, is_over: bool) -> None:
    answer = Answer(LastBatch(some(1, 1)) if is_over else Batch(some(1, 1)))
    await worker.start(answer)
    await turns()
    with pytest.raises(RunNotFoundError) as hidden:
        await worker.read("run", "you")
    with pytest.raises(RunNotFoundError):
        await worker.runs.stop("run", "you")
    with pytest.raises(RunNotFoundError) as missing:
        await worker.read("another", "you")
    with pytest.raises(RunNotFoundError):
        await worker.runs.stop("another", "you")
    assert str(hidden.value) == str(missing.value), "nobody learns that there is one"
    assert answer.has_ended is is_over
    if not is_over:
        answer.say(LastBatch())
    assert await worker.read() == some(1, 1)


# Bounds: number


async def test_the_oldest_that_is_over_goes_first(open_worker: Opening) -> None:
    worker = await open_worker(resume_runs=3)
    live = Answer(Batch(some(1, 1)))
    await worker.start(live, "live")
    for run_id in ("one", "two"):
        await worker.start(Answer(LastBatch(some(1, 1))), run_id)
    await until(lambda: worker.admission.count == 1)
    await worker.start(Answer(LastBatch(some(1, 1))), "three")
    await until(lambda: worker.admission.count == 1)
    assert [await worker.has(run_id) for run_id in ("one", "two", "three")] == [False, True, True]
    await worker.start(Answer(LastBatch(some(1, 1))), "four")
    await until(lambda: worker.admission.count == 1)
    assert [await worker.has(run_id) for run_id in ("two", "three", "four")] == [False, True, True]
    live.say(LastBatch(some(2, 2)))
    assert await worker.read("live") == some(1, 2)


async def test_where_all_go_on_there_is_no_place_for_another(open_worker: Opening) -> None:
    worker = await open_worker(resume_runs=2)
    answers = [Answer(Batch(some(1, 1))) for _ in range(2)]
    for number, answer in enumerate(answers):
        await worker.start(answer, str(number))
    refused = Answer()
    for _ in range(3):
        with pytest.raises(OverloadedError, match="RAG_RESUME_RUNS is 2"):
            await worker.start(refused, "refused")
        assert worker.admission.count == 2, "the place was given back"
    assert worker.admission.find("refused", "me") is None
    answers[1].say(LastBatch(some(2, 2)))
    await until(lambda: worker.admission.count == 1)
    await worker.start(Answer(LastBatch()), "another")
    assert not await worker.has("1")
    answers[0].say(LastBatch(some(2, 2)))
    assert await worker.read("0") == some(1, 2)
    assert refused.starts == 0


async def test_who_reads_a_run_that_is_given_up_reads_it_to_its_end(open_worker: Opening) -> None:
    worker = await open_worker(resume_runs=1)
    answer = Answer(Batch(some(1, 2)))
    await worker.start(answer)
    async with aclosing(worker.runs.read("run", "me", 0)) as reading:
        await anext(reading)
        assert await anext(reading) == some(1, 2)
        answer.say(LastBatch(some(3, 3)))
        await until(lambda: worker.admission.count == 0)
        await worker.start(Answer(LastBatch()), "another")
        assert not await worker.has("run")
        assert await anext(reading) == some(3, 3)


# Bounds: bytes


async def test_beyond_the_bytes_what_is_over_goes_first(open_worker: Opening) -> None:
    worker = await open_worker(resume_mb=1)
    kept: list[Run] = []
    for run_id in ("one", "two"):
        answer = Answer(LastBatch(some(1, 4, size=100_000)))
        kept.append(await worker.start(answer, run_id))
        await until(lambda: worker.admission.count == 0)
    live = Answer()
    kept.append(await worker.start(live, "live"))
    for number in range(1, 5):
        live.say(Batch(some(number, number, size=100_000)))
    await until(lambda: kept[-1].last == 4)
    assert [await worker.has(run_id) for run_id in ("one", "two")] == [False, True]
    assert kept[-1].first == 1, "it lost nothing"
    live.say(LastBatch())
    assert await worker.read("live") == some(1, 4, size=100_000)


async def test_then_the_longest_loses_its_beginning(open_worker: Opening) -> None:
    worker = await open_worker(resume_mb=1)
    long, short = Answer(), Answer(Batch(some(1, 20, size=10_000)))
    runs = [await worker.start(long, "long"), await worker.start(short, "short")]
    for number in range(1, 151):
        long.say(Batch(some(number, number, size=10_000)))
        await until(lambda number=number: runs[0].last == number)
        assert sum(run.size for run in runs) <= MB
    assert runs[0].first > 1
    assert runs[1].first == 1
    with pytest.raises(EventsGoneError):
        await worker.read("long")
    with pytest.raises(EventsGoneError):
        await worker.read("long", after=runs[0].first - 2)
    first = runs[0].first
    reading = asyncio.create_task(worker.read("long", after=first - 1))
    await turns()
    # Ending it may need no byte more: what is over goes as a whole.
    long.say(LastBatch())
    assert await reading == some(first, 150, size=10_000)
    short.say(LastBatch())
    assert await worker.read("short") == some(1, 20, size=10_000)


async def test_many_at_once_stay_within_the_bytes(open_worker: Opening) -> None:
    worker = await open_worker(resume_mb=1)
    answers = [Answer() for _ in range(8)]
    runs = [await worker.start(answer, str(at)) for at, answer in enumerate(answers)]
    for number in range(1, 101):
        for answer in answers:
            answer.say(Batch(some(number, number, size=5_000)))
        await turns()
        assert sum(run.size for run in runs) <= MB
    for run in runs:
        assert run.last == 100
        assert 0 < run.size <= MB / 4, "all have given up about as much"


async def test_one_huge_event_does_not_lift_the_bound_for_others(open_worker: Opening) -> None:
    # A token of a megabyte cannot be shortened; what is beside it can.
    worker = await open_worker(resume_mb=1)
    huge, small = Answer(Batch([b"x" * 900_000])), Answer()
    runs = [await worker.start(huge, "huge"), await worker.start(small, "small")]
    for number in range(1, 51):
        small.say(Batch(some(number, number, size=10_000)))
        await until(lambda number=number: runs[1].last == number)
    assert sum(run.size for run in runs) <= MB


async def test_a_single_event_beyond_the_bytes_still_reaches_its_readers(
    open_worker: Opening,
) -> None:
    worker = await open_worker(resume_mb=1)
    answer = Answer()
    run = await worker.start(answer)
    beginning = asyncio.create_task(joined(run.begin()))
    await turns()
    huge = b"x" * (2 * MB)
    answer.say(Batch([huge]))
    await until(lambda: run.last == 1)
    await turns()
    answer.say(LastBatch(some(2, 2)))
    assert await beginning == [huge, *some(2, 2)]


async def test_bytes_that_were_given_up_do_not_count(open_worker: Opening) -> None:
    worker = await open_worker(resume_mb=1, resume_runs=1)
    for number in range(5):
        run = await worker.start(Answer(LastBatch(some(1, 9, size=100_000))), str(number))
        await until(lambda: worker.admission.count == 0)
        assert (run.first, run.size) == (1, 900_000)
        assert await worker.has(str(number))


async def test_a_run_that_was_given_up_as_it_ended_is_freed(open_worker: Opening) -> None:
    worker = await open_worker(resume_mb=1, resume_s=0.02)
    answer = Answer(Batch(some(1, 9, size=100_000)))
    run = weakref.ref(await worker.start(answer))
    await turns()
    answer.say(LastBatch(some(10, 12, size=100_000)))
    await until(lambda: worker.admission.count == 0)
    await until_freed(run)


# Bounds: time


async def test_a_run_is_kept_for_a_while_after_its_end(open_worker: Opening) -> None:
    worker = await open_worker(resume_s=0.05)
    answer = Answer(Batch(some(1, 1)))
    run = weakref.ref(await worker.start(answer))
    await asyncio.sleep(0.2)
    answer.say(LastBatch(some(2, 2)))  # it is still there, since it goes on
    assert await worker.read() == some(1, 2)
    async with asyncio.timeout(10):
        while await worker.has("run"):  # noqa: ASYNC110 - told by no event
            await asyncio.sleep(0.01)
    with pytest.raises(RunNotFoundError):
        await worker.runs.stop("run", "me")
    await until_freed(run)


async def test_bytes_and_places_of_expired_runs_do_not_count(open_worker: Opening) -> None:
    worker = await open_worker(resume_s=0.01, resume_mb=1, resume_runs=1)
    for number in range(3):
        run = await worker.start(Answer(LastBatch(some(1, 9, size=100_000))), str(number))
        await until(lambda: worker.admission.count == 0)
        assert run.size == 900_000
        async with asyncio.timeout(10):
            while await worker.has(str(number)):  # noqa: ASYNC110 - told by no event
                await asyncio.sleep(0.005)


# The end of the worker


async def test_the_end_of_the_worker_ends_what_goes_on(worker: Worker) -> None:
    answers = [Answer(EarlyBatch(some(1, 1))), Answer(Batch(some(1, 1)))]
    early, late = [await worker.start(answer, str(at)) for at, answer in enumerate(answers)]
    beginning = asyncio.create_task(joined(early.begin()))
    reading = [asyncio.create_task(worker.read(str(at))) for at in range(2)]
    following = asyncio.create_task(joined(late.begin()))
    await turns()
    await worker.runs.aclose()
    assert [answer.has_ended for answer in answers] == [True, True]
    assert worker.admission.count == 0
    with pytest.raises(ShuttingDownError):
        await beginning
    assert await following == [*some(1, 1), b"error shutting_down"]
    assert await asyncio.gather(*reading) == [[*some(1, 1), b"error shutting_down"]] * 2


async def test_what_is_over_stays_as_it_was_at_the_end_of_the_worker(worker: Worker) -> None:
    await worker.start(Answer(LastBatch(some(1, 2))))
    await until(lambda: worker.admission.count == 0)
    async with aclosing(worker.runs.read("run", "me", 0)) as reading:
        await worker.runs.aclose()
        assert await anext(reading) == some(1, 2)


async def test_a_worker_without_runs_ends_at_once(open_worker: Opening) -> None:
    worker = await open_worker()
    async with asyncio.timeout(5):
        await worker.runs.aclose()
        await worker.runs.aclose()
