"""The limits of the waits for an answer: what each counts, and whom it interrupts."""

import asyncio
import gc
import time
import weakref
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
import uvloop

from rag_stream.errors import (
    AnswerTimeoutError,
    FirstTokenTimeoutError,
    ModelTimeoutError,
    TokenTimeoutError,
)
from rag_stream.pipeline.deadlines import Deadlines, Limits

LIMIT_S = 0.1
NEVER_S = 3600.0

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@dataclass(frozen=True)
class Step:
    """The model takes `model_s` for a piece of its answer, the reader `reader_s` to take it."""

    text: str = "x"
    model_s: float = 0.0
    reader_s: float = 0.0


SILENCE = Step(model_s=NEVER_S)


@pytest.fixture(params=[asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    """The service runs on uvloop, plain Python on asyncio's own loop."""
    runner: Run = request.param
    return runner


def watch_of(limits: Limits) -> Deadlines:
    return Deadlines(limits, asyncio.get_running_loop().time(), "local:m")


async def waited(deadlines: Deadlines, seconds: float, text: str = "x") -> None:
    """Wait for one piece, which takes so long, as the generation does."""
    deadlines.wait()
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        deadlines.raise_if_expired()
        raise
    deadlines.arrived(bool(text))


async def read(limits: Limits, steps: Iterable[Step]) -> int:
    """Read an answer of these steps; how many have been taken."""
    taken = 0
    with watch_of(limits) as deadlines:
        for step in steps:
            await waited(deadlines, step.model_s, step.text)
            await asyncio.sleep(step.reader_s)
            taken += 1
    return taken


FIRST = Limits(LIMIT_S, NEVER_S, NEVER_S)
TOKEN = Limits(NEVER_S, LIMIT_S, NEVER_S)
WHOLE = Limits(NEVER_S, NEVER_S, LIMIT_S)


@pytest.mark.parametrize(
    ("limits", "steps", "kind", "code", "words"),
    [
        (
            FIRST,
            [SILENCE],
            FirstTokenTimeoutError,
            "first_token_timeout",
            "did not begin its answer within 0.1 s",
        ),
        (
            TOKEN,
            [Step(), SILENCE],
            TokenTimeoutError,
            "token_timeout",
            "was silent for 0.1 s in the middle of its answer",
        ),
        (
            WHOLE,
            [Step(), SILENCE],
            AnswerTimeoutError,
            "answer_timeout",
            "did not finish its answer within 0.1 s of the question",
        ),
    ],
)
def test_each_limit_has_its_own_error(
    run: Run,
    limits: Limits,
    steps: list[Step],
    kind: type[ModelTimeoutError],
    code: str,
    words: str,
) -> None:
    with pytest.raises(ModelTimeoutError) as caught:
        run(read(limits, steps))
    assert type(caught.value) is kind
    assert str(caught.value) == f"the chat model 'local:m' {words}"
    error = caught.value
    assert (error.code, error.status_code, error.stage) == (code, 504, "generate")


@pytest.mark.parametrize(
    ("limits", "steps", "kind"),
    [
        # Signs of life are no text: a model may send them without ever saying anything.
        (FIRST, [Step("", 0.01)] * 500, FirstTokenTimeoutError),
        (WHOLE, [Step("", 0.01)] * 500, AnswerTimeoutError),
        (WHOLE, [SILENCE], AnswerTimeoutError),
        # No pause is long, and yet the answer does not end.
        (Limits(NEVER_S, 1.0, LIMIT_S), [Step("x", 0.01)] * 500, AnswerTimeoutError),
        # After text, a sign of life is as good as text: the next has its own time.
        (TOKEN, [Step(), Step(""), SILENCE], TokenTimeoutError),
        # What comes first counts, and of two at once the one of the whole answer.
        (Limits(0.1, 0.1, 0.1), [SILENCE], AnswerTimeoutError),
        (Limits(0.1, NEVER_S, 0.5), [SILENCE], FirstTokenTimeoutError),
        (Limits(NEVER_S, 0.1, 0.5), [Step(), SILENCE], TokenTimeoutError),
    ],
)
def test_the_limit_that_is_reached_first_tells(
    run: Run, limits: Limits, steps: list[Step], kind: type[ModelTimeoutError]
) -> None:
    with pytest.raises(ModelTimeoutError) as caught:
        run(read(limits, steps))
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("limits", "steps"),
    [
        # The limit of the first text ends with it, and that of the others begins there.
        (FIRST, [Step(), Step(model_s=2 * LIMIT_S)]),
        (TOKEN, [Step("", 2 * LIMIT_S), Step("x", 2 * LIMIT_S)]),
        # Each arrival has the time for itself.
        (Limits(NEVER_S, 0.3, NEVER_S), [Step("x", 0.06), Step("", 0.06)] * 5),
        (Limits(0.1, 0.1, 0.1), []),
    ],
)
def test_an_answer_in_time_is_left_alone(run: Run, limits: Limits, steps: list[Step]) -> None:
    assert run(read(limits, steps)) == len(steps)


def test_the_whole_answer_counts_from_the_question(run: Run) -> None:
    """What retrieval took of it is gone."""

    async def asked_long_ago() -> None:
        started = asyncio.get_running_loop().time() - NEVER_S
        with Deadlines(Limits(NEVER_S, NEVER_S, NEVER_S), started, "local:m") as deadlines:
            await waited(deadlines, 10)

    with pytest.raises(AnswerTimeoutError):
        run(asked_long_ago())


def test_a_slow_reader_is_not_a_late_model(run: Run) -> None:
    limits = Limits(NEVER_S, 0.3, NEVER_S)
    steps = [Step(reader_s=0.7), Step(model_s=0.02, reader_s=0.4), Step(model_s=0.02)]
    assert run(read(limits, steps)) == 3


def test_a_slow_reader_of_a_sign_of_life_is_not_a_late_model(run: Run) -> None:
    """The sources are sent before the first token, to a client that may take its time."""
    limits = Limits(0.3, 0.3, NEVER_S)
    assert run(read(limits, [Step("", reader_s=0.55), Step(model_s=0.1)])) == 2


def test_a_slow_reader_does_not_make_an_answer_endless(run: Run) -> None:
    endless = [Step(model_s=0.001, reader_s=0.05)] * 100
    with pytest.raises(AnswerTimeoutError):
        run(read(Limits(NEVER_S, NEVER_S, LIMIT_S), endless))


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


@pytest.mark.parametrize("text", ["", "x"])
def test_a_reader_is_never_interrupted(run: Run, text: str) -> None:
    """Not even where every limit has passed: it is not in its hands to be faster."""
    assert run(read(Limits(0.05, 0.05, 0.05), [Step(text, reader_s=0.3)])) == 1


@pytest.mark.parametrize(
    ("limits", "kind"),
    [(TOKEN, TokenTimeoutError), (Limits(NEVER_S, LIMIT_S, 0.2), AnswerTimeoutError)],
)
def test_a_slow_reader_does_not_hide_a_late_model(
    run: Run, limits: Limits, kind: type[ModelTimeoutError]
) -> None:
    with pytest.raises(kind):
        run(read(limits, [Step(reader_s=0.35), SILENCE]))


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
