"""A run's log: what LangChain's own holds, and a run that ends with its reader."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from itertools import pairwise
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig, RunnableGenerator
from langchain_core.runnables.utils import AddableDict

from app.streaming.backpressure import ReadAhead
from app.streaming.stream_log import FinalOutput, ShownOutput, stream_log
from rag_stream.errors import ModelFailedError

pytestmark = pytest.mark.filterwarnings("ignore:astream_log is deprecated")

NEVER = "never"
Step = str | Exception


class Run:
    """A runnable that streams, fails or waits as told, and notes how it went."""

    def __init__(self, *steps: Step) -> None:
        self._steps = steps
        self.waiting = asyncio.Event()
        self.ended = False
        self.runnable = RunnableGenerator(self._transform)

    async def _transform(self, inputs: AsyncIterator[Any]) -> AsyncIterator[AddableDict]:
        async for value in inputs:
            yield AddableDict(input=value)
        try:
            for step in self._steps:
                if isinstance(step, Exception):
                    raise step
                if step == NEVER:
                    self.waiting.set()
                    await asyncio.Event().wait()
                yield AddableDict(answer=step)
        finally:
            await asyncio.sleep(0)  # closing takes a moment, as that of a connection does
            self.ended = True


def log_of(run: Run, **filters: Any) -> AsyncGenerator[Any, None]:
    return stream_log(run.runnable, "Why?", RunnableConfig(), ReadAhead(), **filters)


async def test_the_log_is_langchains_own() -> None:
    run = Run("a", "b")
    ours = [patch.ops async for patch in log_of(run)]
    theirs = [patch.ops async for patch in run.runnable.astream_log("Why?")]
    volatile = ("id", "start_time", "end_time")
    assert [_without(volatile, ops) for ops in ours] == [_without(volatile, o) for o in theirs]
    streamed = [op["value"] for ops in ours for op in ops if op["path"] == "/streamed_output/-"]
    assert streamed == [{"input": "Why?"}, {"answer": "a"}, {"answer": "b"}]


def _without(names: tuple[str, ...], value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without(names, v) for k, v in value.items() if k not in names}
    if isinstance(value, list):
        return [_without(names, item) for item in value]
    return value


async def test_an_error_of_the_run_reaches_the_reader() -> None:
    run = Run("a", ModelFailedError("broke off"))
    with pytest.raises(ModelFailedError, match="broke off"):
        async for _ in log_of(run):
            pass
    assert run.ended


async def test_a_reader_that_is_cancelled_ends_a_waiting_run() -> None:
    run = Run("a", NEVER)

    async def read() -> None:
        async for _ in log_of(run):
            pass

    reading = asyncio.create_task(read())
    await run.waiting.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert run.ended


async def test_a_reader_that_has_enough_ends_the_run() -> None:
    run = Run("a", NEVER)
    async with aclosing(log_of(run)) as patches:
        async for _ in patches:
            break
        await run.waiting.wait()
    assert run.ended


@pytest.mark.parametrize("turns", range(12))
async def test_no_moment_is_too_early_to_leave(turns: int) -> None:
    run = Run(NEVER)

    async def read() -> None:
        async for _ in log_of(run):
            pass

    reading = asyncio.create_task(read())
    for _ in range(turns):
        await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    left = asyncio.all_tasks() - {asyncio.current_task()}
    # LangChain leaves some of its generators to the loop, which closes them a moment later.
    async with asyncio.timeout(5):
        await asyncio.gather(*left, return_exceptions=True)


async def test_the_state_after_the_last_patch_is_langchains_at_a_linear_cost() -> None:
    words = [f"word{number} " for number in range(400)]
    run = Run(*words)
    state: Any = None
    size = 0
    async for patch in log_of(run):
        size += len(str(patch.ops))
        state = patch if state is None else state + patch
    theirs: Any = None
    async for patch in run.runnable.astream_log("Why?"):
        theirs = patch if theirs is None else theirs + patch
    volatile = ("id", "start_time", "end_time")
    assert _without(volatile, state.state) == _without(volatile, theirs.state)
    streamed = sum(len(word) for word in words)
    assert state.state["final_output"]["answer"] == "".join(words)
    # Each chunk with its patch around it, and the answer resent at most twice over.
    assert size < 2 * streamed + 400 * 100 + 1000


async def test_a_text_is_resent_when_it_has_doubled_and_at_the_end() -> None:
    final = FinalOutput()
    sent = [op["value"] for _ in range(100) for op in final.add("x")] + [
        op["value"] for op in final.end()
    ]
    assert [len(text) for text in sent] == [1, 2, 4, 8, 16, 32, 64, 100]
    assert FinalOutput().end() == []


def test_a_shown_text_is_resent_with_every_piece_and_when_it_is_long_with_its_growth() -> None:
    final = ShownOutput()
    sent = [op["value"] for _ in range(10_000) for op in final.add("word")]
    assert [len(text) for text in sent[:1024]] == list(range(4, 4097, 4))
    shown = [len(text) for text in sent[1023:]]
    assert all(after <= before * 65 / 64 + 4 for before, after in pairwise(shown))
    assert sum(shown) < 66 * 40_000
    assert [op["value"] for op in final.end()] == ["word" * 10_000]


async def test_a_slow_reader_holds_the_run_back() -> None:
    run = Run(*["x"] * 5000)
    log = log_of(run)
    async for patch in log:
        if patch.ops[0]["path"] == "/streamed_output/-":
            break
    for _ in range(1000):
        await asyncio.sleep(0)
    assert not run.ended
    await log.aclose()
    assert run.ended
