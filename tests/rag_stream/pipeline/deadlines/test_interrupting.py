"""Whom the limits interrupt, and what they leave of other cancellations."""

import asyncio
import gc
import time
import weakref
from contextlib import suppress

import pytest

from rag_stream.errors import FirstTokenTimeoutError, ModelTimeoutError, TokenTimeoutError
from rag_stream.pipeline.deadlines import Limits
from tests.support.waits import (
    FIRST,
    LIMIT_S,
    NEVER_S,
    SILENCE,
    TOKEN,
    Run,
    Step,
    read,
    waited,
    watch_of,
)


def test_a_cancellation_that_was_survived_before_does_not_count(run: Run) -> None:
    async def survive() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(0)
        await read(FIRST, [SILENCE])

    with pytest.raises(FirstTokenTimeoutError):
        run(survive())


def test_after_a_timeout_the_task_is_as_it_was(run: Run) -> None:
    """A count of cancellations that stays would make the next `asyncio.timeout` go wrong."""

    async def go_on() -> int:
        with pytest.raises(FirstTokenTimeoutError):
            await read(FIRST, [SILENCE])
        await asyncio.sleep(0)
        task = asyncio.current_task()
        assert task is not None
        return task.cancelling()

    assert run(go_on()) == 0


def test_a_cancellation_from_outside_stays_one(run: Run) -> None:
    async def cancel() -> None:
        reading = asyncio.create_task(read(Limits(60, 60, 60), [SILENCE]))
        await asyncio.sleep(0)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert reading.cancelled()

    run(cancel())


@pytest.mark.parametrize("apart_s", [-0.02, 0.02], ids=["just before", "just after"])
def test_a_cancellation_from_outside_wins_over_our_own(run: Run, apart_s: float) -> None:
    async def cancel_with_the_expiry() -> None:
        reading = asyncio.create_task(read(FIRST, [SILENCE]))
        asyncio.get_running_loop().call_later(LIMIT_S + apart_s, reading.cancel)
        await asyncio.sleep(0)
        time.sleep(2 * LIMIT_S)  # noqa: ASYNC251 - now both come in one round of the loop
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert reading.cancelled()
        assert reading.cancelling() == 1  # theirs is left, ours is taken back

    run(cancel_with_the_expiry())


def test_only_the_task_that_waits_is_interrupted(run: Run) -> None:
    """LangChain makes a task of each step it takes through a stream."""

    async def step_by_step() -> None:
        bystander = asyncio.create_task(asyncio.sleep(2 * LIMIT_S))
        with watch_of(TOKEN) as deadlines:
            for _ in range(3):
                await asyncio.create_task(waited(deadlines, 0.01))
            last = asyncio.create_task(waited(deadlines, NEVER_S))
            with pytest.raises(TokenTimeoutError):
                await last
        await bystander
        assert last.cancelling() == 0

    run(step_by_step())


@pytest.mark.parametrize(
    ("limits", "steps"),
    [
        (Limits(60, 60, 60), []),
        (Limits(60, 60, 60), [Step(""), Step(), Step()]),
        (Limits(60, 0.05, 60), [Step(reader_s=0.2)]),  # has looked at the clock in between
        (FIRST, [SILENCE]),
        (TOKEN, [Step(), SILENCE]),
    ],
)
def test_nothing_is_left_of_a_watch(run: Run, limits: Limits, steps: list[Step]) -> None:
    """A timer that is left over would hold the answer for up to ten minutes."""

    async def end() -> None:
        before = asyncio.all_tasks()
        deadlines = watch_of(limits)
        with deadlines:
            try:
                for step in steps:
                    await waited(deadlines, step.model_s, step.text)
                    await asyncio.sleep(step.reader_s)
            except ModelTimeoutError:
                pass
        gone = weakref.ref(deadlines)
        del deadlines
        await asyncio.sleep(0)  # the step that was interrupted holds what it was thrown
        gc.collect()
        assert gone() is None
        assert asyncio.all_tasks() == before

    run(end())
