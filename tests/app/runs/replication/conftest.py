"""Fixtures of these tests."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

import pytest

from app.runs.redis import events as redis_events
from app.runs.redis import heartbeat as redis_heartbeat
from tests.support.redis_server import RedisServer
from tests.support.replicas import Opening
from tests.support.runs import Worker, turns


@pytest.fixture(scope="package")
def redis() -> Iterator[RedisServer]:
    with RedisServer() as started:
        yield started


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """One that a test may end."""
    with RedisServer() as started:
        yield started


@pytest.fixture(autouse=True)
async def _no_task_is_left() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    await turns()  # those of closed connections
    assert asyncio.all_tasks() - before - {asyncio.current_task()} == set()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes seconds in earnest takes tenths of them."""
    monkeypatch.setattr(redis_events, "WAIT_MS", 200)
    monkeypatch.setattr(redis_heartbeat, "BEAT_S", 0.1)
    monkeypatch.setattr(redis_heartbeat, "BEAT_LASTS_S", 2.0)
    monkeypatch.setattr(redis_heartbeat, "RETRY_S", 0.1)


@pytest.fixture
async def open_worker(redis: RedisServer) -> AsyncIterator[Opening]:
    workers: list[Worker] = []

    async def open_one(server: RedisServer = redis, **settings: Any) -> Worker:
        worker = Worker(redis_url=server.url, web_concurrency=2, **settings)
        await worker.runs.open()
        workers.append(worker)
        return worker

    yield open_one
    for worker in workers:
        await worker.runs.aclose()


@pytest.fixture
async def maker(open_worker: Opening) -> Worker:
    """The worker that makes the answers."""
    return await open_worker()


@pytest.fixture
async def other(open_worker: Opening) -> Worker:
    return await open_worker()


@pytest.fixture
def run_id() -> str:
    """Tests share a Redis, and no run."""
    return uuid4().hex
