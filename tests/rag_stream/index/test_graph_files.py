"""A graph's files: of one time, or of two."""

import os
import shutil
import struct
from pathlib import Path

import pytest

from rag_stream.index.graph_files import NAMES, is_whole, rested_s, signature
from tests.support.index_folder import end, graph_of, records, served


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As Chroma wrote it; tests work on copies."""
    import asyncio

    folder = tmp_path_factory.mktemp("graph") / "chroma"

    async def fill() -> None:
        async with served(folder) as (client, collection):
            await client.upsert(collection, records(0, 1_100))

    asyncio.run(fill())
    end(folder)
    return graph_of(folder)


@pytest.fixture
def copy(graph: Path, tmp_path: Path) -> Path:
    return shutil.copytree(graph, tmp_path / "copy")


def test_what_chroma_wrote_is_whole(graph: Path) -> None:
    assert is_whole(graph)


def test_a_copy_has_the_same_signature_until_it_is_written_to(graph: Path, copy: Path) -> None:
    assert signature(copy) == signature(graph) != ()
    with (copy / "length.bin").open("r+b") as file:
        file.write(b"0")
    assert signature(copy) != signature(graph)
    assert rested_s(copy) < 60


def test_no_files_have_the_empty_signature(tmp_path: Path) -> None:
    assert signature(tmp_path / "none") == ()
    assert not is_whole(tmp_path / "none")


def test_names_cut_short_are_not_whole(copy: Path) -> None:
    for size in (0, 1, 100, (copy / NAMES).stat().st_size - 1):
        os.truncate(copy / NAMES, size)
        assert not is_whole(copy)


def test_a_head_ahead_of_the_names_is_not_whole(copy: Path) -> None:
    _set_entries(copy, _entries(copy) + 1)
    assert not is_whole(copy)


def test_a_graph_cut_short_is_not_whole(copy: Path) -> None:
    os.truncate(copy / "data_level0.bin", (copy / "data_level0.bin").stat().st_size // 2)
    assert not is_whole(copy)


def test_links_of_any_length_are_not_whole(copy: Path) -> None:
    os.truncate(copy / "link_lists.bin", 10**11)  # all holes: it takes no room
    assert not is_whole(copy)


def test_names_that_would_run_something_are_not_read(copy: Path, tmp_path: Path) -> None:
    (copy / NAMES).write_bytes(b"cos\nsystem\n(S'touch %s/ran'\ntR." % bytes(tmp_path))
    assert not is_whole(copy)
    assert not (tmp_path / "ran").exists()


def _entries(graph: Path) -> int:
    return int(struct.unpack_from("<Q", (graph / "header.bin").read_bytes(), 20)[0])


def _set_entries(graph: Path, count: int) -> None:
    head = bytearray((graph / "header.bin").read_bytes())
    struct.pack_into("<Q", head, 20, count)
    (graph / "header.bin").write_bytes(head)
