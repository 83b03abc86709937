"""An index folder with graphs, their copies, and ways to damage them."""

import os
import shutil
import sqlite3
import struct
from pathlib import Path

from rag_stream.index.checkpoint import STORE, take
from rag_stream.index.graph_files import NAMES
from tests.support.index_folder import end, lost, records, served


def copies(folder: Path) -> list[Path]:
    return sorted((folder / STORE).glob("*.*"))


def graphs(folder: Path) -> int:
    return len(list(folder.glob("*/header.bin")))


def logged(folder: Path) -> int:
    db = sqlite3.connect(folder / "chroma.sqlite3")
    try:
        return int(db.execute("SELECT COUNT(*) FROM embeddings_queue").fetchone()[0])
    finally:
        db.close()


async def fill(folder: Path, first: int, count: int) -> None:
    async with served(folder) as (client, collection):
        await client.upsert(collection, records(first, count))


async def copied(folder: Path) -> Path:
    """The copy of a new folder with 1,100 chunks, whose server has ended."""
    await fill(folder, 0, 1_100)
    end(folder)
    take(folder, settled_s=0)
    (copy,) = copies(folder)
    return copy


async def check(folder: Path, count: int) -> None:
    """All of the chunks are there, with their vectors, and are found."""
    async with served(folder) as (client, collection):
        stored = await client.get(collection, vectors=True)
        assert {record.id for record in stored} == {record.id for record in records(0, count)}
        assert await lost(client, collection, records(0, count)[::10]) == []


def names_cut_short(graph: Path) -> None:
    os.truncate(graph / NAMES, 0)


def head_alone_written(graph: Path) -> None:
    head = bytearray((graph / "header.bin").read_bytes())
    (count,) = struct.unpack_from("<Q", head, 20)
    struct.pack_into("<Q", head, 20, count + 300)
    (graph / "header.bin").write_bytes(head)


def graph_cut_short(graph: Path) -> None:
    os.truncate(graph / "data_level0.bin", 200_000)


def gone(graph: Path) -> None:
    shutil.rmtree(graph)
