"""Runs that are kept stay within a number, bytes and a time."""

import asyncio
import weakref
from contextlib import aclosing

import pytest

from app.errors import (
    EventsGoneError,
    OverloadedError,
    RunNotFoundError,
)
from app.runs.run import Run
from app.streaming.batches import Batch, LastBatch
from tests.support.runs import (
    MB,
    Answer,
    Opening,
    joined,
    some,
    turns,
    until,
    until_freed,
)


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
