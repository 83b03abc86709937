"""A model that gives pieces by a script, and who reads them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from rag_stream.answer_piece import AnswerPiece
from rag_stream.pipeline.deadlines import Deadlines, Limits
from rag_stream.pipeline.generation import generate

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
