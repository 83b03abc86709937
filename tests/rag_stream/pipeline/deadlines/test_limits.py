"""The limits of the waits for an answer: what each counts."""

import asyncio

import pytest

from rag_stream.errors import (
    AnswerTimeoutError,
    FirstTokenTimeoutError,
    ModelTimeoutError,
    TokenTimeoutError,
)
from rag_stream.pipeline.deadlines import Deadlines, Limits
from tests.support.waits import (
    FIRST,
    LIMIT_S,
    NEVER_S,
    SILENCE,
    TOKEN,
    WHOLE,
    Run,
    Step,
    read,
    waited,
)


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
