"""Runs are stopped by whom they belong to."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from app.errors import (
    RunCancelledError,
    RunNotFoundError,
    StopTimeoutError,
)
from app.streaming.batches import Batch, EarlyBatch, LastBatch
from tests.support.runs import (
    Answer,
    Worker,
    error_event,
    joined,
    some,
    turns,
    until,
)


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
