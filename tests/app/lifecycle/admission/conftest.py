"""Fixtures of these tests."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.lifecycle.admission import Admission
from app.lifecycle.limits import Limits


@pytest.fixture(autouse=True)
async def _no_task_is_left() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    assert asyncio.all_tasks() - before - {asyncio.current_task()} == set()


@pytest.fixture
def admission() -> Admission:
    return Admission(lambda: Limits.to(2))
