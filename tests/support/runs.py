"""A worker's runs for tests: scripted answers, and what they are seen by."""

import asyncio
import gc
import weakref
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from itertools import chain
from typing import Any

from app.errors import (
    RunNotFoundError,
)
from app.lifecycle.admission import Admission
from app.lifecycle.limits import Limits
from app.runs.manager import Runs
from app.runs.run import Run
from app.streaming.batches import Batch, LastBatch
from rag_stream.settings import load_settings

MB = 1_000_000


class Answer:
    """An answer in the making: the test says what comes, and sees how often it was asked for."""

    def __init__(self, *events: Batch | Exception) -> None:
        self.starts = 0
        self.has_ended = False
        self._coming: asyncio.Queue[Batch | Exception] = asyncio.Queue()
        self.say(*events)

    def say(self, *events: Batch | Exception) -> None:
        for each in events:
            self._coming.put_nowait(each)

    async def events(self) -> AsyncGenerator[Batch, None]:
        self.starts += 1
        try:
            while True:
                coming = await self._coming.get()
                if isinstance(coming, Exception):
                    raise coming
                yield coming
                if type(coming) is LastBatch:
                    return
        finally:
            await asyncio.sleep(0)  # closing takes a moment, as that of a connection does
            self.has_ended = True


def error_event(error: Exception) -> bytes:
    return f"error {getattr(error, 'code', type(error).__name__)}".encode()


class Worker:
    """An admission and its runs; `start` and `read` with what most tests say."""

    def __init__(self, **settings: Any) -> None:
        self.settings = load_settings(**settings)
        self.admission = Admission(lambda: Limits.of(self.settings))
        self.runs = Runs(self.admission, lambda: self.settings)

    async def start(self, answer: Answer, run_id: str = "run", caller: str = "me") -> Run:
        return await self.runs.start(run_id, caller, answer.events(), error_event)

    async def read(self, run_id: str = "run", caller: str = "me", after: int = 0) -> list[bytes]:
        async with asyncio.timeout(10):
            return await joined(self.runs.read(run_id, caller, after))

    async def has(self, run_id: str) -> bool:
        """Whether a run is still kept; must be over, or this waits for its end."""
        try:
            await self.read(run_id)
        except RunNotFoundError:
            return False
        return True


async def joined(batches: AsyncGenerator[Batch, None]) -> list[bytes]:
    async with aclosing(batches):
        return list(chain.from_iterable([batch async for batch in batches]))


def some(first: int, last: int, size: int = 1) -> list[bytes]:
    """Numbered events of that size or a little more."""
    return [f"<{number}>".encode().ljust(size, b".") for number in range(first, last + 1)]


async def until(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 - told by no event
            await asyncio.sleep(0.002)


async def until_freed(run: "weakref.ref[Run]") -> None:
    async with asyncio.timeout(5):
        while run() is not None:
            await asyncio.sleep(0.02)
            gc.collect()


async def turns(count: int = 20) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


Opening = Callable[..., Awaitable[Worker]]
