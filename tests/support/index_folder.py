"""An index folder with a server of its own, written to directly; and its files, damaged."""

import os
import signal
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np

from rag_stream.index.client import ChromaClient, Collection, Record
from rag_stream.index.server import acquire_server
from tests.support.index_owner import owner

NAME = "rag"


def records(first: int, count: int) -> list[Record]:
    """Chunks numbered from `first` on, each with a vector unlike all others."""
    made = []
    for number in range(first, first + count):
        vector = np.random.default_rng(number).standard_normal(384).astype("<f4")
        vector /= np.linalg.norm(vector)
        metadata: dict[str, str | int] = {"source": "notes.md", "start_index": number, "since": 1}
        metadata["until"] = 0
        made.append(Record(f"chunk-{number}", f"Chunk {number}.", metadata, 0.0, vector))
    return made


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[tuple[ChromaClient, Collection]]:
    """The folder's server and the collection in it, made where there is none."""
    lease = acquire_server(folder)
    client = ChromaClient(lease.url, tenant="default_tenant", database="default_database")
    try:
        collection = await client.create(NAME, {"generation": 1}) or await client.find(NAME)
        assert collection is not None
        yield client, collection
    finally:
        await client.aclose()
        lease.close()


async def lost(client: ChromaClient, collection: Collection, wanted: Sequence[Record]) -> list[str]:
    """Those of the chunks that a search by their own vectors does not find."""
    missing = []
    for record in wanted:
        assert record.vector is not None
        found = await client.query(collection, record.vector.tolist(), 1, texts=False)
        if not found or found[0].id != record.id:
            missing.append(record.id)
    return missing


def wait_ended(pid: int, timeout_s: float = 30) -> None:
    """Wait until a process is gone, or only not yet buried."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return
        if state == "Z":
            return
        time.sleep(0.02)
    raise AssertionError(f"process {pid} is still there")


def end(folder: Path) -> None:
    """End the folder's server in its orderly way."""
    pid = owner(folder)
    os.kill(pid, signal.SIGTERM)
    wait_ended(pid)


def crash(folder: Path) -> None:
    """Kill the folder's server."""
    pid = owner(folder)
    os.kill(pid, signal.SIGKILL)
    wait_ended(pid)


def graph_of(folder: Path) -> Path:
    """The folder of the only graph that was written to disk."""
    (names,) = folder.glob("*/index_metadata.pickle")
    return names.parent
