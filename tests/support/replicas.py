"""Two workers that share their runs, seen from a test."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing

from tests.support.runs import Worker

Opening = Callable[..., Awaitable[Worker]]


async def soon(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await is_so():  # noqa: ASYNC110 - Redis tells
            await asyncio.sleep(0.02)


async def first_batch(worker: Worker, run_id: str) -> list[bytes]:
    async with asyncio.timeout(10), aclosing(worker.runs.read(run_id, "me", 0)) as reading:
        return await anext(reading)
