"""A way for plain, synchronous Python into the async chain.

One daemon thread with one event loop, started on first use. An async iterator is driven
by a single task there, because timeouts and context variables must be left in the task
that entered them.
"""

import asyncio
import atexit
import queue
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Iterator
from contextlib import aclosing
from typing import Any, TypeVar

T = TypeVar("T")
READ_AHEAD = 64
"""Items an iterator may be ahead of its reader."""

_END = object()


class SyncBridge:
    """Runs coroutines on an event loop of its own for callers without one."""

    def __init__(self, close: Callable[[], Awaitable[None]]) -> None:
        """`close` runs in the loop before it ends, at the interpreter's exit."""
        self._close = close
        self._loop: asyncio.AbstractEventLoop | None = None
        self._starting = threading.Lock()

    def call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run to the end and return the result; an interrupt of the caller cancels it."""
        future = asyncio.run_coroutine_threadsafe(coroutine, self._running_loop())
        try:
            return future.result()
        finally:
            future.cancel()

    def iterate(self, items: AsyncGenerator[T, None]) -> Iterator[T]:
        """The items of an async generator; leaving early closes it."""
        loop = self._running_loop()
        arrived: queue.SimpleQueue[Any] = queue.SimpleQueue()
        free = asyncio.Semaphore(READ_AHEAD)
        pump = asyncio.run_coroutine_threadsafe(_pump(items, arrived, free), loop)
        try:
            while (item := arrived.get()) is not _END:
                yield item
                loop.call_soon_threadsafe(free.release)
            pump.result()
        finally:
            pump.cancel()

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                thread = threading.Thread(
                    target=self._loop.run_forever, name="rag-stream-sync-bridge", daemon=True
                )
                thread.start()
                atexit.register(self._stop, self._loop, thread)
            return self._loop

    def _stop(self, loop: asyncio.AbstractEventLoop, thread: threading.Thread) -> None:
        asyncio.run_coroutine_threadsafe(_finish(self._close), loop).result(timeout=10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=10)
        loop.close()


async def _pump(
    items: AsyncGenerator[T, None], arrived: "queue.SimpleQueue[Any]", free: asyncio.Semaphore
) -> None:
    try:
        async with aclosing(items):
            async for item in items:
                await free.acquire()
                arrived.put(item)
    finally:
        arrived.put(_END)


async def _finish(close: Callable[[], Awaitable[None]]) -> None:
    # An iterator that was left a moment ago is still closing its generator.
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    await close()
    await asyncio.get_running_loop().shutdown_asyncgens()
