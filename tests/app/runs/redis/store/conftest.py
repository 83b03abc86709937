"""Fixtures of these tests."""

from collections.abc import AsyncIterator, Callable, Iterator
from uuid import uuid4

import pytest
import redis.asyncio

from app.runs.redis import events as redis_events
from app.runs.redis import heartbeat as redis_heartbeat
from app.runs.redis.store import RedisStore
from tests.support.redis_runs import Opening
from tests.support.redis_server import RedisServer


@pytest.fixture(scope="package")
def server() -> Iterator[RedisServer]:
    with RedisServer() as started:
        yield started


@pytest.fixture
async def client(server: RedisServer) -> AsyncIterator["redis.asyncio.Redis"]:
    async with redis.asyncio.Redis.from_url(server.url) as client:
        yield client


@pytest.fixture
async def worker(server: RedisServer) -> AsyncIterator[Opening]:
    """Opens workers that know of one another, and of no other test's."""
    prefix = f"test-{uuid4().hex}:"
    opened = []

    async def open_one(
        stop: Callable[[str], None] = lambda _: None,
        *,
        url: str = server.url,
        keep_s: float = 60,
        live_s: float = 60,
    ) -> RedisStore:
        runs = RedisStore(url, keep_s=keep_s, live_s=live_s, prefix=prefix)
        await runs.open(stop)
        opened.append(runs)
        return runs

    yield open_one
    for runs in opened:
        await runs.aclose()


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes seconds in earnest takes tenths of them."""
    monkeypatch.setattr(redis_events, "WAIT_MS", 200)
    monkeypatch.setattr(redis_heartbeat, "BEAT_S", 0.1)
    monkeypatch.setattr(redis_heartbeat, "BEAT_LASTS_S", 0.5)
    monkeypatch.setattr(redis_heartbeat, "RETRY_S", 0.1)
