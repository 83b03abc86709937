"""What ends an answer from outside: limits, cancellations, readers that leave."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress

import pytest

from rag_stream.answer_piece import AnswerPiece
from rag_stream.errors import (
    AnswerTimeoutError,
    FirstTokenTimeoutError,
    RagError,
    TokenTimeoutError,
)
from rag_stream.models import retry
from rag_stream.pipeline.deadlines import Deadlines, Limits
from rag_stream.pipeline.generation import MOST_CHARS, generate
from tests.support.scripted_pieces import ACCEPTED, SILENCE, STOP, Model, Reader, Step, answer_of


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
