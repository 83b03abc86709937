"""Plain Python driving async code: order, errors, early leaving, context."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator

import pytest

from rag_stream.sync_bridge import READ_AHEAD, SyncBridge


async def nothing() -> None: ...


@pytest.fixture
def sync_bridge() -> SyncBridge:
    return SyncBridge(nothing)


async def numbers(count: int, left: threading.Event | None = None) -> AsyncGenerator[int, None]:
    try:
        for number in range(count):
            await asyncio.sleep(0)
            yield number
    finally:
        if left is not None:
            left.set()


def test_items_come_in_order(sync_bridge: SyncBridge) -> None:
    assert list(sync_bridge.iterate(numbers(1000))) == list(range(1000))


def test_leaving_early_closes_the_generator(sync_bridge: SyncBridge) -> None:
    left = threading.Event()
    items = sync_bridge.iterate(numbers(10**9, left))
    assert next(items) == 0
    items.close()
    assert left.wait(10)


def test_a_slow_reader_holds_the_generator_back(sync_bridge: SyncBridge) -> None:
    made: list[int] = []

    async def counted() -> AsyncGenerator[int, None]:
        for number in range(10_000):
            made.append(number)
            yield number

    items = sync_bridge.iterate(counted())
    next(items)
    sync_bridge.call(asyncio.sleep(0.05))
    assert len(made) <= READ_AHEAD + 2
    items.close()


def test_errors_reach_the_caller(sync_bridge: SyncBridge) -> None:
    async def failing() -> AsyncGenerator[int, None]:
        yield 1
        raise ValueError("broken")

    items = sync_bridge.iterate(failing())
    assert next(items) == 1
    with pytest.raises(ValueError, match="broken"):
        next(items)

    async def call() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        sync_bridge.call(call())


def test_timeouts_may_span_items(sync_bridge: SyncBridge) -> None:
    async def timed() -> AsyncGenerator[int, None]:
        async with asyncio.timeout(60):
            yield 1
            yield 2

    assert list(sync_bridge.iterate(timed())) == [1, 2]


async def test_works_beside_a_running_loop(sync_bridge: SyncBridge) -> None:
    assert list(sync_bridge.iterate(numbers(3))) == [0, 1, 2]


def test_a_stream_left_just_before_the_exit_leaves_no_complaints() -> None:
    program = """
import asyncio
from rag_stream.sync_bridge import SyncBridge

async def nothing(): ...

async def slow():
    try:
        while True:
            yield 1
            await asyncio.sleep(0.01)
    finally:
        await asyncio.sleep(0.05)

items = SyncBridge(nothing).iterate(slow())
next(items)
items.close()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
