"""From a prompt to the pieces of an answer, with models that answer by a script."""

import asyncio
import importlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from typing import Any

import openai
import pytest

from rag_stream.answer_piece import AnswerPiece
from rag_stream.errors import (
    AnswerTimeoutError,
    ConnectTimeoutError,
    FirstTokenTimeoutError,
    ModelBusyError,
    ModelFailedError,
    ModelRejectedError,
    ModelTimeoutError,
    RagError,
    TokenTimeoutError,
    WeightsError,
)
from rag_stream.models import retry
from rag_stream.pipeline.deadlines import Deadlines, Limits
from rag_stream.pipeline.generation import MOST_CHARS, generate

SILENCE = None
ACCEPTED = AnswerPiece()
STOP = AnswerPiece("", "stop")

Step = AnswerPiece | Exception | None


class Model:
    """Gives one scripted answer each time it is asked; counts those begun and ended."""

    def __init__(self, *answers: list[Step]) -> None:
        self._answers = answers
        self.asked = 0
        self.ended = 0
        self.silent = asyncio.Event()
        self.left = asyncio.Event()

    async def answer(self) -> AsyncGenerator[AnswerPiece, None]:
        steps = self._answers[self.asked]
        self.asked += 1
        try:
            for step in steps:
                if isinstance(step, Exception):
                    raise step
                if step is SILENCE:
                    self.silent.set()
                    await asyncio.Event().wait()
                else:
                    yield step
        finally:
            await asyncio.sleep(0)  # ending takes a moment, as that of a connection does
            self.ended += 1
            self.left.set()


class Reader:
    """Keeps what arrived, whatever comes after it."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def read(self, answer: AsyncGenerator[AnswerPiece, None]) -> str:
        async with aclosing(answer):
            async for piece in answer:
                self.texts.append(piece.text)
        return "".join(self.texts)


@pytest.fixture(autouse=True)
async def _no_task_is_left() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    assert asyncio.all_tasks() - before - {asyncio.current_task()} == set()


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "FIRST_PAUSE_S", 0.001)


@pytest.fixture
async def reader() -> Reader:
    return Reader()


def answer_of(
    model: Model,
    *,
    limits: Limits = Limits(60, 60, 60),  # noqa: B008 - frozen
    reports_finish: bool = True,
    retries: int = 2,
) -> AsyncGenerator[AnswerPiece, None]:
    deadlines = Deadlines(limits, asyncio.get_running_loop().time(), "openai:m")
    return generate(
        model.answer, deadlines, model="openai:m", reports_finish=reports_finish, retries=retries
    )


def status_error(status: int, **headers: str) -> openai.APIStatusError:
    """What the OpenAI client raises for a response of that status."""
    http = importlib.import_module(openai.DefaultHttpxClient.__mro__[1].__module__.split(".")[0])
    response = http.Response(
        status, headers=headers, request=http.Request("POST", "http://upstream/v1")
    )
    return openai.APIStatusError("internal words", response=response, body=None)


def timeout_error(connecting: bool) -> openai.APITimeoutError:
    http: Any = importlib.import_module("httpx2")
    error = openai.APITimeoutError(http.Request("POST", "http://upstream/v1"))
    error.__cause__ = http.ConnectTimeout("x") if connecting else http.ReadTimeout("x")
    return error


async def test_pieces_come_as_the_model_gives_them() -> None:
    pieces = [
        ACCEPTED,
        AnswerPiece("one"),
        AnswerPiece(" two"),
        AnswerPiece("", "stop"),
        AnswerPiece("", None, {"n": 1}),
    ]
    model = Model([*pieces])
    assert [piece async for piece in answer_of(model)] == pieces
    assert (model.asked, model.ended) == (1, 1)


async def test_that_the_model_has_accepted_is_known_before_its_first_text() -> None:
    model = Model([ACCEPTED, SILENCE])
    async with aclosing(answer_of(model)) as answer:
        async with asyncio.timeout(10):
            assert await anext(answer) == ACCEPTED
    assert model.ended == 1


@pytest.mark.parametrize(
    "failed",
    [
        [ConnectionResetError("internal words")],
        [ACCEPTED, ConnectionResetError("internal words")],
        [ACCEPTED, ValueError("no JSON")],
        [ACCEPTED],  # ended without an answer and without a reason
        [],
        [status_error(500)],
        [status_error(429)],
        [status_error(429, **{"retry-after": "0"})],
    ],
)
async def test_a_model_that_failed_before_its_first_text_is_asked_again(
    reader: Reader, failed: list[Step]
) -> None:
    model = Model(failed, failed, [ACCEPTED, AnswerPiece("whole"), STOP])
    assert await reader.read(answer_of(model)) == "whole"
    assert (model.asked, model.ended) == (3, 3)


@pytest.mark.parametrize(
    "failure", [ConnectionResetError("x"), status_error(500), status_error(429), ValueError("x")]
)
async def test_after_its_first_text_it_is_not_asked_again(
    reader: Reader, failure: Exception
) -> None:
    """A second answer would begin anew, behind the half of another."""
    model = Model([ACCEPTED, AnswerPiece("half"), failure], [AnswerPiece("other"), STOP])
    with pytest.raises(ModelFailedError) as caught:
        await reader.read(answer_of(model))
    assert reader.texts == ["", "half"]
    assert (model.asked, model.ended) == (1, 1)
    assert caught.value.__cause__ is failure


async def test_an_answer_without_an_end_has_been_cut_off(reader: Reader) -> None:
    model = Model([ACCEPTED, AnswerPiece("half")])
    with pytest.raises(ModelFailedError, match="'openai:m' broke off its answer"):
        await reader.read(answer_of(model))
    assert reader.texts == ["", "half"]
    assert model.asked == 1


@pytest.mark.parametrize("steps", [[], [ACCEPTED], [AnswerPiece("all of it")]])
async def test_a_model_that_tells_no_end_may_stop_at_any_place(
    reader: Reader, steps: list[Step]
) -> None:
    await reader.read(answer_of(Model(steps), reports_finish=False))
    assert len(reader.texts) == len(steps)


async def test_the_reason_need_not_come_last(reader: Reader) -> None:
    model = Model([AnswerPiece("all"), STOP, AnswerPiece("", None, {"output_tokens": 1})])
    assert await reader.read(answer_of(model)) == "all"


@pytest.mark.parametrize("retries", [0, 1, 2])
async def test_the_last_failure_is_told_with_its_cause(reader: Reader, retries: int) -> None:
    failures = [ConnectionResetError(f"internal {number}") for number in range(4)]
    model = Model(*([failure] for failure in failures))
    with pytest.raises(ModelFailedError) as caught:
        await reader.read(answer_of(model, retries=retries))
    assert caught.value.__cause__ is failures[retries]
    assert "internal" not in str(caught.value)
    assert (model.asked, model.ended) == (retries + 1, retries + 1)


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (status_error(401), ModelRejectedError),
        (status_error(400), ModelRejectedError),
        (status_error(429, **{"retry-after": "7"}), ModelBusyError),
        (TimeoutError("x"), ModelTimeoutError),
        (timeout_error(connecting=False), ModelTimeoutError),
        (timeout_error(connecting=True), ConnectTimeoutError),
    ],
)
async def test_where_asking_again_does_not_help_it_is_told_at_once(
    reader: Reader, failure: Exception, kind: type[RagError]
) -> None:
    model = Model([failure], [AnswerPiece("not asked for"), STOP])
    with pytest.raises(kind) as caught:
        await reader.read(answer_of(model))
    assert type(caught.value) is kind
    assert caught.value.__cause__ is failure
    assert (reader.texts, model.asked) == ([], 1)


async def test_a_retry_after_that_is_too_long_reaches_the_client(reader: Reader) -> None:
    with pytest.raises(ModelBusyError) as caught:
        await reader.read(answer_of(Model([status_error(429, **{"retry-after": "7"})])))
    assert caught.value.retry_after == "7"


async def test_an_error_of_ours_stays_what_it_is(reader: Reader) -> None:
    ours = WeightsError("no weights")
    with pytest.raises(WeightsError) as caught:
        await reader.read(answer_of(Model([ours])))
    assert caught.value is ours
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("limits", "steps", "kind"),
    [
        (Limits(0.1, 60, 60), [SILENCE], FirstTokenTimeoutError),
        (Limits(0.1, 60, 60), [ACCEPTED, SILENCE], FirstTokenTimeoutError),
        (Limits(60, 0.1, 60), [ACCEPTED, AnswerPiece("half"), SILENCE], TokenTimeoutError),
        (Limits(60, 60, 0.1), [ACCEPTED, SILENCE], AnswerTimeoutError),
        (Limits(60, 60, 0.1), [ACCEPTED, AnswerPiece("half"), SILENCE], AnswerTimeoutError),
    ],
)
async def test_a_model_that_falls_silent_is_ended_and_not_asked_again(
    reader: Reader, limits: Limits, steps: list[Step], kind: type[RagError]
) -> None:
    model = Model(steps, [AnswerPiece("not asked for"), STOP])
    with pytest.raises(kind):
        await reader.read(answer_of(model, limits=limits))
    assert len(reader.texts) == len(steps) - 1
    assert (model.asked, model.ended) == (1, 1)


async def test_an_empty_piece_does_not_begin_the_answer(reader: Reader) -> None:
    """It stays the limit of the first text, and asking again stays possible."""
    model = Model([ACCEPTED, ACCEPTED, SILENCE])
    with pytest.raises(FirstTokenTimeoutError):
        await reader.read(answer_of(model, limits=Limits(0.2, 0.01, 60)))


async def test_the_time_to_the_first_text_is_that_of_all_tries(reader: Reader) -> None:
    failed: list[Step] = [ACCEPTED, ConnectionResetError("x")]
    model = Model(failed, failed, [ACCEPTED, SILENCE])
    with pytest.raises(FirstTokenTimeoutError):
        await reader.read(answer_of(model, limits=Limits(0.2, 60, 60)))
    assert (model.asked, model.ended) == (3, 3)


@pytest.mark.parametrize(
    ("limits", "kind"),
    [(Limits(0.1, 60, 60), FirstTokenTimeoutError), (Limits(60, 60, 0.1), AnswerTimeoutError)],
)
async def test_a_limit_reached_in_a_pause_is_told_too(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, limits: Limits, kind: type[RagError]
) -> None:
    monkeypatch.setattr(retry, "FIRST_PAUSE_S", 60.0)
    monkeypatch.setattr(retry, "LONGEST_PAUSE_S", 60.0)
    model = Model([ConnectionResetError("x")], [AnswerPiece("not asked for"), STOP])
    reading = asyncio.create_task(reader.read(answer_of(model, limits=limits)))
    await asyncio.wait({reading}, timeout=10)
    assert not reading.cancelled()
    assert type(reading.exception()) is kind
    assert reading.cancelling() == 0
    assert model.asked == 1


async def test_a_model_that_makes_something_else_of_our_cancellation_is_not_asked_again(
    reader: Reader,
) -> None:
    """Its connection may fail while it is being ended; it was late all the same."""
    asked = 0

    async def fails_at_its_end() -> AsyncGenerator[AnswerPiece, None]:
        nonlocal asked
        asked += 1
        yield ACCEPTED
        try:
            await asyncio.Event().wait()
        finally:
            if asked == 1:
                raise ConnectionResetError("x")

    deadlines = Deadlines(Limits(0.1, 60, 60), asyncio.get_running_loop().time(), "m")
    answer = generate(fails_at_its_end, deadlines, model="m", reports_finish=True, retries=2)
    reading = asyncio.create_task(reader.read(answer))
    try:
        await asyncio.wait({reading}, timeout=2)
        assert asked == 1
        assert reading.done()
        assert type(reading.exception()) is FirstTokenTimeoutError
        assert reading.cancelling() == 0
    finally:
        reading.cancel()
        await asyncio.wait({reading})


async def test_a_cancellation_of_ours_that_got_lost_is_told_with_what_comes_next(
    reader: Reader,
) -> None:
    """Before Python 3.12 `asyncio.wait_for` can lose one."""

    async def deaf() -> AsyncGenerator[AnswerPiece, None]:
        yield AnswerPiece("one")
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        yield AnswerPiece("two")
        await asyncio.Event().wait()

    deadlines = Deadlines(Limits(60, 0.1, 60), asyncio.get_running_loop().time(), "m")
    answer = generate(deaf, deadlines, model="m", reports_finish=True, retries=2)
    with pytest.raises(TokenTimeoutError):
        async with asyncio.timeout(2):
            await reader.read(answer)


@pytest.mark.parametrize("given", [1, 2])
async def test_closing_the_answer_ends_the_model(given: int) -> None:
    model = Model([ACCEPTED, AnswerPiece("one"), AnswerPiece("two"), STOP])
    async with aclosing(answer_of(model)) as answer:
        for _ in range(given):
            await anext(answer)
        assert model.ended == 0
    assert model.ended == 1


@pytest.mark.parametrize("steps", [[SILENCE], [ACCEPTED, SILENCE], [AnswerPiece("one"), SILENCE]])
async def test_a_cancellation_ends_the_model(reader: Reader, steps: list[Step]) -> None:
    model = Model(steps)
    reading = asyncio.create_task(reader.read(answer_of(model)))
    await model.silent.wait()
    reading.cancel()
    await asyncio.wait({reading})
    assert reading.cancelled()
    assert (model.asked, model.ended) == (1, 1)


async def test_a_cancellation_ends_a_pause(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "FIRST_PAUSE_S", 3600.0)
    monkeypatch.setattr(retry, "LONGEST_PAUSE_S", 3600.0)
    model = Model([ConnectionResetError("x")], [AnswerPiece("not asked for"), STOP])
    reading = asyncio.create_task(reader.read(answer_of(model)))
    await model.left.wait()
    for _ in range(5):  # and on into the pause
        await asyncio.sleep(0)
    reading.cancel()
    await asyncio.wait({reading})
    assert reading.cancelled()
    assert (model.asked, model.ended) == (1, 1)


@pytest.mark.parametrize("taken", [1, 2])
async def test_an_error_of_the_reader_is_its_own(taken: int) -> None:
    model = Model([ACCEPTED, AnswerPiece("one"), STOP], [AnswerPiece("not asked for"), STOP])

    async def fail() -> None:
        async with aclosing(answer_of(model)) as answer:
            for _ in range(taken):
                await anext(answer)
            raise ConnectionResetError("the reader's")

    with pytest.raises(ConnectionResetError, match="the reader's"):
        await fail()
    assert (model.asked, model.ended) == (1, 1)


async def test_a_model_cancelled_by_itself_is_no_timeout(reader: Reader) -> None:
    """What a library cancels inside is no expiry of ours: nothing may be made of it."""

    async def cancelled() -> AsyncGenerator[AnswerPiece, None]:
        inside = asyncio.get_running_loop().create_future()
        inside.cancel()
        await inside
        yield STOP

    deadlines = Deadlines(Limits(60, 60, 60), asyncio.get_running_loop().time(), "m")
    with pytest.raises(asyncio.CancelledError):
        await reader.read(generate(cancelled, deadlines, model="m", reports_finish=True, retries=2))


async def test_every_piece_may_be_asked_for_by_another_task() -> None:
    """LangChain takes each step through a stream in a task of its own."""
    model = Model([ACCEPTED, AnswerPiece("one"), AnswerPiece("two"), SILENCE])
    async with aclosing(answer_of(model, limits=Limits(60, 0.1, 60))) as answer:
        texts = [(await asyncio.create_task(_next(answer))).text for _ in range(3)]
        with pytest.raises(TokenTimeoutError):
            await asyncio.create_task(_next(answer))
    assert texts == ["", "one", "two"]
    assert model.ended == 1


async def _next(answer: AsyncGenerator[AnswerPiece, None]) -> AnswerPiece:
    return await anext(answer)


async def test_an_answer_without_end_is_cut() -> None:
    piece = "x" * 1_000_000
    model = Model([ACCEPTED, *[AnswerPiece(piece)] * 100, STOP])
    deadlines = Deadlines(Limits(5, 5, 5), asyncio.get_running_loop().time(), "m")
    answer = generate(model.answer, deadlines, model="m", reports_finish=True, retries=0)
    pieces = [piece async for piece in answer]
    assert sum(len(piece.text) for piece in pieces) == MOST_CHARS + len(piece)
    assert pieces[-1].finish_reason == "length"
    assert model.ended == 1
