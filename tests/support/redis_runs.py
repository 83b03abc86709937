"""Runs in a Redis, seen from a test."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from itertools import chain

import redis.asyncio

from app.runs.redis.store import RedisStore

Opening = Callable[..., Awaitable[RedisStore]]


def some_events(count: int) -> list[bytes]:
    return [f"id: {number}\ndata: {number}\n\n".encode() for number in range(1, count + 1)]


async def read_all(runs: RedisStore, run_id: str, after: int = 0) -> list[bytes]:
    async with aclosing(runs.read(run_id, after)) as pages:
        return list(chain.from_iterable([page async for page in pages]))


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await is_so():  # noqa: ASYNC110 - Redis tells, or the log
            await asyncio.sleep(0.02)


async def keys_of(client: "redis.asyncio.Redis", run_id: str) -> list[bytes]:
    return [key async for key in client.scan_iter(match=f"*{run_id}*")]
