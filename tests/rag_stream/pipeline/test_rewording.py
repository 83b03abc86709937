"""Asking a model for other words: when, for what, and what it may do instead."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

import pytest
from langchain_core.messages import BaseMessage

from rag_stream.answer_piece import AnswerPiece
from rag_stream.pipeline.model_line import MAX_CHARS, MAX_THOUGHT, Ask
from rag_stream.pipeline.rewording import is_worth_it, reword
from rag_stream.schema import Relevance

QUESTION = "When is payday?"


class Asked:
    """A model that says these pieces; whether it was left in the middle."""

    def __init__(
        self, pieces: Sequence[str], *, pause_s: float = 0.0, usage: object = None
    ) -> None:
        self.pieces = pieces
        self.usage = usage
        self.pause_s = pause_s
        self.messages: list[BaseMessage] = []
        self.said: list[str] = []
        self.is_closed = False

    async def __call__(self, messages: list[BaseMessage]) -> AsyncGenerator[AnswerPiece, None]:
        self.messages = messages
        try:
            for piece in self.pieces:
                await asyncio.sleep(self.pause_s)
                self.said.append(piece)
                yield AnswerPiece(piece)
            if self.usage is not None:
                yield AnswerPiece(usage=self.usage)
        finally:
            self.is_closed = True


@pytest.mark.parametrize(
    ("score", "threshold", "is_asked"),
    [
        (0.1, 0.3, True),
        (0.3, 0.3, True),
        (0.36, 0.3, True),
        (0.38, 0.3, False),
        (0.81, 0.8, True),
        (0.83, 0.8, False),
        (0.1, None, False),
        (None, 0.3, False),
    ],
)
def test_it_is_asked_where_little_was_found(
    score: float | None, threshold: float | None, is_asked: bool
) -> None:
    assert is_worth_it(Relevance(score=score, threshold=threshold, basis="b")) is is_asked


@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        (["date when wages", " are paid"], "date when wages are paid"),
        (['\n "wages,  salary" \nBecause', " they say so."], "wages, salary"),
        (["\u201eLohn, Gehalt\u201c"], "Lohn, Gehalt"),
        (["\u00ab salaire \u00bb\n", "oui"], "salaire"),
        (
            ["<think>\nOkay, they", " ask\n</think>\n\n", "When are wages paid?"],
            "When are wages paid?",
        ),
        (["<think>\n", "hm ", "hm ", "hm"], None),
        (
            ["Here it is in other words", ":\n\nWhen are", " wages paid?\nMore."],
            "When are wages paid?",
        ),
        (["Here it is:"], None),
        ([" when is PAYDAY? "], None),
        (["", " \n "], None),
        (["...", "?"], None),
        ([], None),
    ],
)
async def test_its_first_line_is_taken(pieces: list[str], words: str | None) -> None:
    model = Asked(pieces)
    assert await reword(model, QUESTION, 30) == words
    assert [message.type for message in model.messages] == ["system", "human"]
    assert model.messages[1].content == QUESTION
    assert model.is_closed


@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        (["wages"], "wages"),
        (["wages\n", "Because they", " say so."], "wages"),
        (["When is payday?"], None),
    ],
)
async def test_what_it_has_cost_is_told(pieces: list[str], words: str | None) -> None:
    spent: list[object] = []
    assert await reword(Asked(pieces, usage={"total_tokens": 9}), QUESTION, 30, spent.append) == (
        words
    )
    assert spent == [{"total_tokens": 9}]


async def test_who_does_not_say_what_it_cost_keeps_nobody_waiting() -> None:
    class Slow(Asked):
        async def __call__(self, messages: list[BaseMessage]) -> AsyncGenerator[AnswerPiece, None]:
            try:
                yield AnswerPiece("wages\n")
                await asyncio.sleep(60)
                yield AnswerPiece(usage={"total_tokens": 9})
            finally:
                self.is_closed = True

    model, spent = Slow([]), list[object]()
    assert await reword(model, QUESTION, 30, spent.append) == "wages"
    assert (spent, model.is_closed) == ([], True)


async def test_who_fails_after_its_line_has_helped() -> None:
    async def ask(messages: list[BaseMessage]) -> AsyncGenerator[AnswerPiece, None]:
        yield AnswerPiece("wages\n", usage={"total_tokens": 5})
        raise RuntimeError("the secret of the server")

    spent: list[object] = []
    assert await reword(ask, QUESTION, 30, spent.append) == "wages"
    assert spent == [{"total_tokens": 5}]


async def test_who_talks_on_is_left() -> None:
    model = Asked(["wages "] * 1_000)
    words = await reword(model, QUESTION, 30)
    assert words is not None
    assert len(words) <= MAX_CHARS
    assert len(model.said) < 100
    assert model.is_closed


async def test_who_thinks_on_is_left() -> None:
    model = Asked(["<think>", *["and so on "] * 10_000])
    assert await reword(model, QUESTION, 30) is None
    assert 400 < len("".join(model.said)) < 2 * MAX_THOUGHT
    assert model.is_closed


async def test_who_takes_long_is_left() -> None:
    model = Asked(["wages", " and"], pause_s=60)
    assert await reword(model, QUESTION, 0.05) is None
    assert model.is_closed


async def test_who_fails_helps_nobody(caplog: pytest.LogCaptureFixture) -> None:
    async def ask(messages: list[BaseMessage]) -> AsyncGenerator[AnswerPiece, None]:
        yield AnswerPiece("wages")
        raise RuntimeError("the secret of the server")

    assert await reword(ask, QUESTION, 30) is None
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text


async def test_a_cancellation_is_passed_on() -> None:
    model = Asked(["wages"], pause_s=60)
    ask: Ask = model
    task = asyncio.create_task(reword(ask, QUESTION, 30))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert model.is_closed
