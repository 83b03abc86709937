"""What others can get at of an index that is in use: nothing."""

import asyncio
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import numpy as np
import pytest

from rag_stream.index.client import ChromaClient, Collection, Record
from rag_stream.index.connections import path_of
from rag_stream.index.server import acquire_server
from rag_stream.index.server_process import read_address
from tests.support.index_owner import listening, owner
from tests.support.other_account import reached


@pytest.fixture
def top() -> Iterator[Path]:
    """A folder where everybody can look."""
    with tempfile.TemporaryDirectory() as top:
        Path(top).chmod(0o755)
        yield Path(top)


@pytest.fixture
async def used(top: Path) -> AsyncIterator[Path]:
    """An index with a server and chunks in it."""
    lease = await asyncio.to_thread(acquire_server, top / "chroma")
    client = ChromaClient(lease.url, tenant="default_tenant", database="default_database")
    await client.upsert(await made(client), records(1_100))  # the graph is on the disk, too
    await client.aclose()
    yield top / "chroma"
    lease.close()


def parts(folder: Path) -> list[Path]:
    return [folder, *folder.rglob("*")]


async def made(client: ChromaClient) -> Collection:
    collection = await client.create("rag", {"generation": 1})
    assert collection is not None
    return collection


def records(count: int) -> list[Record]:
    random = np.random.default_rng(1)
    return [
        Record(f"c{i}", "A secret.", {"n": i}, 0.0, random.standard_normal(8).astype("<f4"))
        for i in range(count)
    ]


async def test_another_account_can_read_and_reach_nothing(used: Path) -> None:
    pid = owner(used)
    address = Path(path_of(read_address(used) or ""))
    files = [*parts(used), address.parent, address]
    assert len(files) > 10
    ports = [(host, port) for _, port in listening(pid) for host in ("127.0.0.1", "127.0.0.9")]
    assert reached(files, [*listening(pid), *ports]) == []


async def test_no_port_of_the_owner_takes_a_connection(used: Path) -> None:
    """Not even this account's own, as a browser's on a page that was rebound would be."""
    for address in listening(owner(used)):
        for source in ("127.0.0.1", "127.0.0.2"):
            with socket.socket() as link:
                link.bind((source, 0))
                link.settimeout(0.3)
                with pytest.raises(TimeoutError):
                    link.connect(address)


async def test_nothing_listens_where_a_page_would_look(used: Path) -> None:
    for _, port in listening(owner(used)):
        for host in ("127.0.0.1", "localhost", "::1"):
            with pytest.raises(OSError, match="refused|timed out|assign"):
                socket.create_connection((host, port), 0.3)


async def test_files_that_an_older_version_left_open_are_closed(tmp_path: Path) -> None:
    folder = tmp_path / "chroma"
    (await asyncio.to_thread(acquire_server, folder)).close()
    for path in parts(folder):
        path.chmod(0o755 if path.is_dir() else 0o644)
    lease = await asyncio.to_thread(acquire_server, folder)
    for path in parts(folder):
        assert path.lstat().st_mode & 0o077 == 0, path
    lease.close()
