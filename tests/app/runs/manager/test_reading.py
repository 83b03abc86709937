"""Runs that are begun, read while they go on and after it, and end."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from app.errors import (
    RunNotFoundError,
)
from app.streaming.batches import Batch, EarlyBatch, LastBatch
from rag_stream.errors import InvalidInputError, RagError
from tests.support.runs import (
    Answer,
    Worker,
    error_event,
    joined,
    some,
    turns,
    until,
)


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
