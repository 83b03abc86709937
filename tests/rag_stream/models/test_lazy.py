"""A value built when it is first needed: once, and without stopping an event loop."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from rag_stream.models.lazy import Lazy


def test_it_is_built_once_however_many_ask() -> None:
    built: list[object] = []
    meeting = threading.Barrier(8)

    def build() -> object:
        built.append(object())
        return built[-1]

    def ask() -> object:
        meeting.wait()
        return lazy.get()

    lazy = Lazy(build)
    assert not lazy.is_built
    with ThreadPoolExecutor(8) as threads:
        values = [task.result() for task in [threads.submit(ask) for _ in range(8)]]
    assert lazy.is_built
    assert len(built) == 1
    assert {id(value) for value in values} == {id(built[0])}


async def test_the_loop_goes_on_while_it_is_built() -> None:
    loop_went_on = threading.Event()
    lazy = Lazy(lambda: loop_went_on.wait(timeout=30))
    waiting = [asyncio.create_task(lazy.load()) for _ in range(20)]
    await asyncio.sleep(0)
    loop_went_on.set()
    assert await asyncio.gather(*waiting) == [True] * 20


async def test_a_build_that_failed_is_tried_again() -> None:
    answers = iter([None, "built"])

    def build() -> str:
        answer = next(answers)
        if answer is None:
            raise OSError("not yet")
        return answer

    lazy = Lazy(build)
    with pytest.raises(OSError, match="not yet"):
        await lazy.load()
    assert await lazy.load() == "built"
    assert lazy.get() == "built"
