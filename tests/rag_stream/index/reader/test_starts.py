"""A server is being started for the first questions: they share it, and may be given up."""

import asyncio
import gc
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag_stream.errors import IndexUnavailableError
from rag_stream.index.reader import IndexReader
from rag_stream.settings import load_settings


class Lease:
    """A hold on a server that is not there."""

    url = "http://127.0.0.1:9"

    def __init__(self) -> None:
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


class Owner:
    """Stands in for the start of a folder's own server, which lasts until the test says so."""

    def __init__(self) -> None:
        self.asked = 0
        self.begun = threading.Semaphore(0)
        self.may_end = threading.Event()
        self.error: Exception | None = None
        self.leases: list[Lease] = []

    def acquire(self, folder: Path) -> Lease:
        self.asked += 1
        self.begun.release()
        assert self.may_end.wait(20)
        if self.error is not None:
            raise self.error
        self.leases.append(Lease())
        return self.leases[-1]

    async def until_begun(self) -> None:
        assert await asyncio.to_thread(self.begun.acquire, timeout=10)

    @property
    def closed(self) -> list[int]:
        return [lease.closed for lease in self.leases]


@pytest.fixture
def owner(monkeypatch: pytest.MonkeyPatch) -> Iterator[Owner]:
    owner = Owner()
    monkeypatch.setattr("rag_stream.index.reader.acquire_server", owner.acquire)
    yield owner
    owner.may_end.set()


@pytest.fixture
async def complaints() -> list[str]:
    """What the event loop has to say of tasks that nobody has looked at."""
    said: list[str] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda loop, context: said.append(context["message"])
    )
    return said


async def given_up(index: IndexReader, owner: Owner) -> None:
    """Ask a first question, and leave while the server is being started for it."""
    asking = asyncio.create_task(index.snapshot())
    await owner.until_begun()
    asking.cancel()
    await asyncio.wait({asking}, timeout=10)
    assert asking.cancelled()  # at once, not when the server is there


async def test_the_first_question_may_be_given_up_while_the_server_starts(owner: Owner) -> None:
    """The lease that was taken for it is everybody's."""
    index = IndexReader(load_settings())
    await given_up(index, owner)
    next_one = asyncio.create_task(index.client())
    await asyncio.sleep(0)
    owner.may_end.set()
    assert await next_one is await index.client()
    assert owner.closed == [0]
    await index.aclose()
    assert (owner.asked, owner.closed) == (1, [1])


async def test_questions_that_come_while_the_server_starts_share_it(owner: Owner) -> None:
    index = IndexReader(load_settings())
    asking = [asyncio.create_task(index.client()) for _ in range(5)]
    await owner.until_begun()
    asking[0].cancel()
    owner.may_end.set()
    first, *others = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(first, asyncio.CancelledError)
    assert others == [await index.client()] * 4
    await index.aclose()
    assert owner.closed == [1]


async def test_a_server_that_starts_while_the_index_is_closed_is_let_go(owner: Owner) -> None:
    before = asyncio.all_tasks()
    index = IndexReader(load_settings())
    await given_up(index, owner)
    closing = asyncio.create_task(index.aclose())
    await asyncio.sleep(0)
    owner.may_end.set()
    await closing
    assert owner.closed == [1]
    assert asyncio.all_tasks() == before


async def test_a_close_that_is_cancelled_does_not_lose_the_lease(owner: Owner) -> None:
    index = IndexReader(load_settings())
    await given_up(index, owner)
    closing = asyncio.create_task(index.aclose())
    await asyncio.sleep(0.01)
    closing.cancel()
    await asyncio.wait({closing})
    owner.may_end.set()
    await index.client()
    await index.aclose()
    assert owner.closed == [1]


async def test_an_index_can_be_used_again_once_it_is_closed(owner: Owner) -> None:
    index = IndexReader(load_settings())
    owner.may_end.set()
    for _ in range(2):
        await index.client()
        await index.aclose()
    assert owner.closed == [1, 1]


async def test_a_start_that_fails_for_nobody_is_no_complaint(
    owner: Owner, complaints: list[str]
) -> None:
    owner.error = IndexUnavailableError("no such folder")
    index = IndexReader(load_settings())
    await given_up(index, owner)
    owner.may_end.set()
    await index.aclose()
    for _ in range(3):
        await asyncio.sleep(0)
        gc.collect()
    assert complaints == []


async def test_a_start_that_failed_is_tried_again_by_the_next_question(
    owner: Owner, complaints: list[str]
) -> None:
    index = IndexReader(load_settings())
    owner.may_end.set()
    owner.error = IndexUnavailableError("no such folder")
    both = await asyncio.gather(index.client(), index.client(), return_exceptions=True)
    assert both == [owner.error] * 2
    owner.error = None
    await index.client()
    await index.aclose()
    assert owner.closed == [1]
    gc.collect()
    assert complaints == []
