"""What has been given up is gone at every worker."""

import asyncio
from contextlib import aclosing

from app.errors import EventsGoneError, OverloadedError
from app.streaming.batches import Batch, LastBatch
from tests.support.replicas import Opening, soon
from tests.support.runs import Answer, some, until


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
