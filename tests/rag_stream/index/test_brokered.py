"""A folder's own server over an event loop: what a client notices of the broker."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvloop

from rag_stream.errors import IndexConnectTimeoutError, IndexUnavailableError
from rag_stream.index.client import ChromaClient
from rag_stream.index.server import ServerLease, acquire_server
from tests.support.index_owner import freeze, owner


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "chroma"


@pytest.fixture
def lease(folder: Path) -> Iterator[ServerLease]:
    lease = acquire_server(folder)
    yield lease
    lease.close()


@asynccontextmanager
async def client(lease: ServerLease, timeout_s: float = 5) -> AsyncIterator[ChromaClient]:
    client = ChromaClient(
        lease.url,
        tenant="default_tenant",
        database="default_database",
        connect_timeout_s=timeout_s,
    )
    try:
        yield client
    finally:
        await client.aclose()


async def many(lease: ServerLease) -> None:
    async with client(lease) as one:
        assert await one.create("rag", {"generation": 1}) is not None
        assert await one.create("rag", {"generation": 1}) is None  # 409
        found = await asyncio.gather(*(one.find("rag") for _ in range(40)))
        assert {collection.name for collection in found if collection} == {"rag"}
        assert await one.find("other") is None  # 404


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_many_calls_at_once_in_either_loop(lease: ServerLease, loop: object) -> None:
    with asyncio.Runner(loop_factory=loop) as runner:  # type: ignore[arg-type]
        runner.run(many(lease))


async def test_a_server_that_has_gone_is_told(lease: ServerLease, folder: Path) -> None:
    os.kill(owner(folder), signal.SIGKILL)
    async with client(lease) as one:
        with pytest.raises(IndexUnavailableError, match="does not answer"):
            await one.find("rag")


async def test_one_that_hangs_is_given_up_in_time(lease: ServerLease, folder: Path) -> None:
    pid = owner(folder)
    freeze(pid)
    try:
        async with client(lease, 0.3) as one:
            with pytest.raises(IndexConnectTimeoutError):
                await one.find("rag")
            asking = asyncio.create_task(one.find("rag"))
            await asyncio.sleep(0.05)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
    finally:
        os.kill(pid, signal.SIGCONT)
    async with client(lease) as one:
        assert await one.find("rag") is None
