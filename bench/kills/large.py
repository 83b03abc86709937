"""Two kills among many chunks: how long others wait, and until every chunk is known to be found."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bench.kills.look import SAME
from bench.kills.owner import pid_of
from bench.progress import say
from rag_stream.errors import IndexUnavailableError
from rag_stream.index.calls import CollectionGoneError
from rag_stream.index.client import ChromaClient, Collection, Record
from rag_stream.index.generation import COMING
from rag_stream.index.server import ServerLease, acquire_server
from rag_stream.settings import Settings

_DIMENSION = 384
_CLUSTERS = 300
_BATCH = 500
_MORE = 20_000
"""Chunks on their way when the server is killed; it takes some thousands of them."""
_COPY_LIMIT_S = 600.0
_MEND_LIMIT_S = 3_600.0


@dataclass(slots=True)
class Recovery:
    """What came after one kill; seconds, megabytes."""

    when: str
    chunks: int
    back_s: float = 0.0
    known_s: float = 0.0
    mender_mb: float = 0.0
    query_ms: list[float] = field(default_factory=list)
    lost: int = 0

    def line(self) -> str:
        """As a row of Markdown."""
        middle, most = np.percentile(self.query_ms or [0.0], (50, 95))
        return (
            f"| {self.when} | {self.chunks} | {self.back_s:.1f} | {self.known_s:.0f} | "
            f"{self.mender_mb:.0f} | {middle:.1f} / {most:.1f} | {self.lost} |"
        )


HEAD = (
    "| killed | chunks | others wait, s | every chunk known to be found, s | mender, MB | "
    "a query beside it, p50 / p95 ms | lost after it |\n|---|---|---|---|---|---|---|"
)


def vectors(seed: int, count: int) -> Iterator[np.ndarray[tuple[int], np.dtype[np.float32]]]:
    """Unit vectors in clusters, as texts about some hundred subjects have."""
    random = np.random.default_rng(seed)
    centers = np.random.default_rng(0).standard_normal((_CLUSTERS, _DIMENSION))
    for _ in range(count):
        vector = centers[random.integers(_CLUSTERS)] + 0.7 * random.standard_normal(_DIMENSION)
        yield (vector / np.linalg.norm(vector)).astype("<f4")


async def recover(settings: Settings, chunks: int) -> list[Recovery]:
    """Fill, kill while more is written, measure; then again once the copies were taken."""
    found = []
    folder = settings.chroma_path
    async with _Served(settings) as server:
        started = time.monotonic()
        await server.write(1, chunks)
        say(f"{chunks} chunks written in {time.monotonic() - started:.0f} s")
        found.append(await _kill(server, "in the first fill", 2))
    async with _Served(settings) as server:
        since = time.monotonic()
        while not _is_copied(folder) and time.monotonic() - since < _COPY_LIMIT_S:  # noqa: ASYNC110
            await asyncio.sleep(0.5)
        say(f"copied after {time.monotonic() - since:.0f} s; {_sizes(folder)}")
        found.append(await _kill(server, "later, copies taken", 3))
    return found


class _Served:
    """The folder's server, with an index of which each chunk was written at once."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = settings.chroma_path
        self._lease: ServerLease | None = None

    async def __aenter__(self) -> "_Served":
        self._lease = await asyncio.to_thread(acquire_server, self.folder)
        self.client = ChromaClient(
            self._lease.url,
            tenant=self.settings.chroma_tenant,
            database=self.settings.chroma_database,
        )
        await self.client.create(self.settings.collection, {"generation": 1})
        self.collection = await self.find()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._lease is not None, "entered"  # noqa: S101
        await self.client.aclose()
        self._lease.close()

    async def find(self) -> Collection:
        """The index as it is now. Raises IndexUnavailableError."""
        for name in (self.settings.collection, f"{self.settings.collection}{COMING}") * 2:
            if found := await self.client.find(name):
                return found
        raise IndexUnavailableError("the index has gone")

    async def write(self, seed: int, count: int) -> None:
        """So many new chunks. Raises IndexUnavailableError."""
        batch: list[Record] = []
        for number, vector in enumerate(vectors(seed, count)):
            metadata = {"source": f"s{number // 100}", "start_index": number, "since": 0}
            text = f"Chunk {number} of fill {seed}. " + "Some words of a text. " * 40
            batch.append(Record(f"{seed}-{number:08}", text, metadata, 0.0, vector))
            if len(batch) == _BATCH or number == count - 1:
                await self.client.upsert(self.collection, batch)
                batch = []


async def _kill(server: _Served, when: str, seed: int) -> Recovery:
    writing = asyncio.create_task(server.write(seed, _MORE))
    await asyncio.sleep(3)
    os.kill(pid_of(server.folder), signal.SIGKILL)
    killed = time.monotonic()
    with suppress(IndexUnavailableError):
        await writing
    async with _Served(server.settings) as again:
        back_s = time.monotonic() - killed
        found = Recovery(when, await again.client.count(again.collection), back_s)
        vector = next(vectors(9, 1)).tolist()
        while mender := _mender_of(pid_of(server.folder)):
            found.mender_mb = max(found.mender_mb, _peak_mb(mender))
            asked = time.monotonic()
            try:
                await again.client.query(again.collection, vector, 10)
            except CollectionGoneError:  # grown anew beside, and put in its place
                again.collection = await again.find()
                continue
            found.query_ms.append(1e3 * (time.monotonic() - asked))
            await asyncio.sleep(0.2)
            if asked - killed > _MEND_LIMIT_S:
                break
        found.known_s = time.monotonic() - killed
        say(f"back after {back_s:.1f} s, every chunk known to be found after {found.known_s:.0f} s")
        again.collection = await again.find()
        found.lost = await _lost(again)
    say(found.line())
    return found


async def _lost(server: _Served) -> int:
    """Of every chunk, each searched by its own vector here, not by what is measured."""
    lost = offset = 0
    while ids := await server.client.ids(server.collection, limit=_BATCH, offset=offset):
        offset += len(ids)
        stored = await server.client.get(server.collection, ids=ids, texts=False, vectors=True)
        asked = [record.vector for record in stored if record.vector is not None]
        found = await server.client.nearest(server.collection, asked)
        lost += len(stored) - sum(
            id == record.id or away < SAME for record, (id, away) in zip(stored, found, strict=True)
        )
    return lost


def _mender_of(owner: int) -> int | None:
    for child in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = int((child / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == owner and b"indexing.mend" in (child / "cmdline").read_bytes():
                return int(child.name)
    return None


def _peak_mb(process: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _is_copied(folder: Path) -> bool:
    graphs = {names.parent.name for names in folder.glob("*/index_metadata.pickle")}
    copied = {path.name.rpartition(".")[0] for path in (folder / "copies").glob("*.*")}
    return graphs <= copied


def _sizes(folder: Path) -> str:
    parts = {
        "database": [folder / "chroma.sqlite3"],
        "graphs": list(folder.glob("*/*.bin")),
        "copies": list((folder / "copies").glob("*/*.bin")),
    }
    return ", ".join(
        f"{name} {sum(path.stat().st_size for path in paths) / 1e6:.0f} MB"
        for name, paths in parts.items()
    )
