"""What becomes of runs at the end of their worker."""

import asyncio
from contextlib import aclosing

import pytest

from app.errors import (
    ShuttingDownError,
)
from app.streaming.batches import Batch, EarlyBatch, LastBatch
from tests.support.runs import (
    Answer,
    Opening,
    Worker,
    joined,
    some,
    turns,
    until,
)


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
