"""Events of a run and those who read them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from itertools import chain

from app.streaming.batches import Batch

ERROR_EVENT = b"error"


def some(first: int, last: int) -> list[bytes]:
    """Events from one number to another."""
    return [f"<{number}>".encode() for number in range(first, last + 1)]


async def read_all(batches: AsyncGenerator[Batch, None]) -> list[bytes]:
    async with asyncio.timeout(10), aclosing(batches):
        return list(chain.from_iterable([batch async for batch in batches]))


async def kinds(batches: AsyncGenerator[Batch, None]) -> list[Batch]:
    async with asyncio.timeout(10), aclosing(batches):
        return [batch async for batch in batches]


async def turns(count: int = 10) -> None:
    for _ in range(count):
        await asyncio.sleep(0)
