"""Fixtures of these tests."""

import asyncio
import gc
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.response_wire import Wire


@pytest.fixture(autouse=True)
async def _no_task_is_left() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    await asyncio.sleep(0)  # those just cancelled
    assert asyncio.all_tasks() - before - {asyncio.current_task()} == set()


@pytest.fixture
async def _no_failure_is_unseen() -> AsyncIterator[None]:
    """No task ends with one that nobody has looked at, which a loop would complain of."""
    unseen: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unseen.append(context))
    yield
    gc.collect()
    assert unseen == []


@pytest.fixture
async def wire() -> Wire:
    return Wire()
