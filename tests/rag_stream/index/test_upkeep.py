"""The owner's care for the graphs; and that it is never worth the service."""

import os
import resource
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from rag_stream.index import checkpoint
from rag_stream.index.calls import CollectionGoneError
from rag_stream.index.checkpoint import STORE, take
from rag_stream.index.folder import inside
from rag_stream.index.upkeep import Upkeep, mending
from rag_stream.indexing.findable import lost_of_all
from tests.rag_stream.indexing.test_findable import with_lost_chunks
from tests.support.index_folder import NAME, crash, end, graph_of, lost, records, served


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "chroma"


def in_the_way(place: Path) -> None:
    """A file where a folder is to be made, which cannot be then."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("in the way")


def said(folder: Path) -> str:
    return inside(folder, "log").read_text()


async def test_without_a_place_for_copies_the_index_is_served_all_the_same(folder: Path) -> None:
    in_the_way(folder / STORE)
    async with served(folder) as (client, collection):
        await client.upsert(collection, records(0, 1_100))
        assert await lost(client, collection, records(0, 1_100)[::50]) == []
    assert "cannot be put in order" in said(folder)
    end(folder)
    assert (folder / "unclosed").exists()  # the next owner does what this one could not
    (folder / STORE).unlink()
    async with served(folder) as (client, collection):
        assert await client.count(collection) == 1_100
        assert await lost(client, collection, records(0, 1_100)[::50]) == []


async def test_a_copy_that_finds_no_room_costs_neither_log_nor_older_copy(folder: Path) -> None:
    async with served(folder) as (client, collection):
        await client.upsert(collection, records(0, 1_100))
    end(folder)
    take(folder, settled_s=0)
    (before,) = (folder / STORE).glob("*.*")
    async with served(folder) as (client, collection):
        await client.upsert(collection, records(1_100, 1_100))
        end(folder)
    for path in graph_of(folder).iterdir():
        os.utime(path, (1, 1))  # it has rested
    done = subprocess.run(
        [sys.executable, "-P", "-m", checkpoint.__name__, str(folder)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )
    assert done.returncode == 1
    assert "could not be copied" in done.stderr
    assert [path.name for path in (folder / STORE).iterdir() if path.name != "lock"] == [
        before.name
    ]
    async with served(folder) as (client, collection):
        crash(folder)
    (graph_of(folder) / "data_level0.bin").write_bytes(b"torn")
    async with served(folder) as (client, collection):
        assert await client.count(collection) == 2_200
        assert await lost(client, collection, records(0, 2_200)[::50]) == []


async def test_every_chunk_of_an_earlier_release_s_index_is_looked_for(folder: Path) -> None:
    async with served(folder) as (client, collection):
        here = await with_lost_chunks(client, collection)
    end(folder)
    shutil.rmtree(folder / STORE)
    async with served(folder) as (client, collection):  # beside us: nobody has to wait
        while "every chunk was looked for" not in said(folder):  # the test's own limit ends it
            with suppress(CollectionGoneError):  # the one exchange: who reads looks for it again
                await client.count(await client.find(NAME) or collection)
        collection = await client.find(NAME) or collection
        assert await lost_of_all(client, collection) == []
        assert await client.count(collection) == len(here)


async def test_it_is_not_done_again_at_every_start(folder: Path) -> None:
    for _ in range(2):
        async with served(folder) as (client, collection):
            assert await client.count(collection) == 0
        end(folder)
    assert "looked for" not in said(folder)


def test_a_new_folder_is_marked_until_the_end(folder: Path) -> None:
    folder.mkdir(parents=True)
    upkeep = Upkeep.begin(folder)
    assert (folder / "unclosed").exists()
    assert mending(folder) == ""
    upkeep.end()
    assert not (folder / "unclosed").exists()


async def test_after_a_crash_it_says_who_is_at_work(folder: Path) -> None:
    async with served(folder):
        crash(folder)
    assert mending(folder) == ""
    upkeep = Upkeep.begin(folder)
    assert mending(folder) == f"mending {os.getpid()}"
    upkeep.end()
    assert mending(folder) == ""
    assert (folder / "unclosed").exists()  # it was not done: the next owner does it


async def test_a_search_that_came_to_no_end_is_done_by_the_next_owner(folder: Path) -> None:
    async with served(folder) as (client, collection):
        await client.upsert(collection, records(0, 10))
        crash(folder)
    upkeep = Upkeep.begin(folder)
    upkeep.opened("unix:/nowhere")  # the mender finds no server and says that it is done
    upkeep.look()
    upkeep.end()
    assert (folder / "unclosed").exists()
    async with served(folder):
        pass
    end(folder)
    assert not (folder / "unclosed").exists()


def test_a_database_that_is_none_is_left_to_the_server(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder.mkdir(parents=True)
    (folder / "chroma.sqlite3").write_bytes(b"this is no database" * 100)
    upkeep = Upkeep.begin(folder)
    upkeep.look()
    assert "cannot be put in order" in capsys.readouterr().err
    upkeep.end()
    assert (folder / "unclosed").exists()
