"""Fixtures of these tests."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from tests.support.runs import (
    Worker,
)


@pytest.fixture(autouse=True)
async def _no_task_is_left() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    assert asyncio.all_tasks() - before - {asyncio.current_task()} == set()


@pytest.fixture
async def open_worker() -> AsyncIterator[Callable[..., Awaitable[Worker]]]:
    workers: list[Worker] = []

    async def open_one(**settings: Any) -> Worker:
        worker = Worker(**settings)
        await worker.runs.open()
        workers.append(worker)
        return worker

    yield open_one
    for worker in workers:
        await worker.runs.aclose()


@pytest.fixture
async def worker(open_worker: Callable[..., Awaitable[Worker]]) -> Worker:
    return await open_worker()
