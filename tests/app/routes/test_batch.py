"""A batch: answered in order, a few at a time, and over as a whole when one run fails."""

import asyncio
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig, RunnableLambda

from app.routes.batch import AT_ONCE, answer_all, places_for
from rag_stream.errors import ModelFailedError


class Runs:
    """A runnable that notes which runs are going; "wait" waits, "fail" fails."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.going = 0
        self.most = 0
        self.all_waiting = asyncio.Event()
        self.runnable = RunnableLambda(self._answer)

    async def _answer(self, question: str) -> str:
        self.begun.append(question)
        self.going += 1
        self.most = max(self.most, self.going)
        try:
            if question == "wait":
                if self.going == AT_ONCE:
                    self.all_waiting.set()
                await asyncio.Event().wait()
            for _ in range(len(question)):  # later questions are done earlier
                await asyncio.sleep(0)
            if question == "fail":
                raise ModelFailedError("broke off")
            return question.upper()
        finally:
            self.going -= 1


async def answer(runs: Runs, *questions: str) -> list[Any]:
    return await answer_all(runs.runnable, questions, [RunnableConfig()] * len(questions), AT_ONCE)


async def test_answers_are_in_the_order_of_the_questions() -> None:
    assert await answer(Runs(), "aaaa", "bb", "c") == ["AAAA", "BB", "C"]


async def test_a_batch_of_nothing_is_nothing() -> None:
    assert await answer(Runs()) == []


async def test_only_so_many_run_at_once() -> None:
    runs = Runs()
    await answer(runs, *["a question"] * 50)
    assert runs.most == AT_ONCE


async def test_one_failure_ends_the_others() -> None:
    runs = Runs()
    with pytest.raises(ModelFailedError, match="broke off"):
        await answer(runs, "wait", "fail", *["wait"] * 20)
    assert runs.going == 0
    assert len(runs.begun) <= AT_ONCE + 1


async def test_cancelling_ends_all() -> None:
    runs = Runs()
    batch = asyncio.create_task(answer(runs, *["wait"] * 20))
    await runs.all_waiting.wait()
    batch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await batch
    assert runs.going == 0
    assert len(runs.begun) == AT_ONCE


@pytest.mark.parametrize(
    ("inputs", "places"),
    [(0, 1), (1, 1), (3, 3), (100, AT_ONCE)],
)
def test_a_batch_needs_a_place_for_each_that_is_answered_at_a_time(
    inputs: int, places: int
) -> None:
    assert places_for([None] * inputs) == places
