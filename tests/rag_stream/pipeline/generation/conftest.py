"""Fixtures of these tests."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from rag_stream.models import retry
from tests.support.scripted_pieces import Reader


@pytest.fixture(autouse=True)
async def _no_task_is_left() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    assert asyncio.all_tasks() - before - {asyncio.current_task()} == set()


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "FIRST_PAUSE_S", 0.001)


@pytest.fixture
async def reader() -> Reader:
    return Reader()
