"""Copies of the graphs: taken when they rest, put back after a crash, the log kept between."""

import fcntl
import os
import shutil
import sqlite3
import struct
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from rag_stream.index.change_log import ChangeLog
from rag_stream.index.checkpoint import STORE, begin, is_due, take
from rag_stream.index.graph_files import NAMES, is_whole, signature
from tests.support.index_folder import crash, end, graph_of, lost, records, served


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "chroma"


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


def _change(folder: Path) -> int:
    db = sqlite3.connect(folder / "chroma.sqlite3")
    try:
        return int(db.execute("SELECT MIN(seq_id) FROM max_seq_id").fetchone()[0])
    finally:
        db.close()


async def fill(folder: Path, first: int, count: int) -> None:
    async with served(folder) as (client, collection):
        await client.upsert(collection, records(first, count))


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


@pytest.mark.parametrize("damage", [names_cut_short, head_alone_written, graph_cut_short])
async def test_a_damaged_graph_is_put_back_and_brought_up_to_date(
    folder: Path, damage: Callable[[Path], None]
) -> None:
    await fill(folder, 0, 1_100)
    end(folder)
    take(folder, settled_s=0)
    await fill(folder, 1_100, 1_100)
    crash(folder)
    damage(graph_of(folder))
    await check(folder, 2_200)


@pytest.mark.parametrize("damage", [head_alone_written, gone])
async def test_without_a_copy_a_graph_is_made_from_the_log(
    folder: Path, damage: Callable[[Path], None]
) -> None:
    await fill(folder, 0, 1_100)
    crash(folder)
    shutil.rmtree(folder / STORE)
    damage(graph_of(folder))
    await check(folder, 1_100)


async def test_a_copy_is_taken_of_what_rests_and_the_log_goes(folder: Path) -> None:
    await fill(folder, 0, 1_100)
    end(folder)
    before = logged(folder)
    take(folder, settled_s=3_600)
    assert copies(folder) == []
    assert logged(folder) == before >= 1_100
    take(folder, settled_s=0)
    (copy,) = copies(folder)
    assert signature(copy) == signature(graph_of(folder))
    assert logged(folder) < 200
    assert not is_due(folder)
    await check(folder, 1_100)


async def test_what_others_keep_in_the_folder_is_theirs(folder: Path) -> None:
    async with served(folder) as (client, collection):
        await client.upsert(collection, records(0, 1100))
    end(folder)
    mine = folder / "mine"
    mine.mkdir()
    (mine / "header.bin").write_text("of something else")
    kept = shutil.copytree(graph_of(folder), folder / f"{graph_of(folder).name}.bak")
    take(folder, settled_s=0)
    assert (mine / "header.bin").exists()
    assert (kept / "header.bin").exists()


async def test_a_newer_copy_takes_the_place_of_the_older(folder: Path) -> None:
    await fill(folder, 0, 1_100)
    end(folder)
    take(folder, settled_s=0)
    (first,) = copies(folder)
    await fill(folder, 1_100, 1_100)
    end(folder)
    take(folder, settled_s=0)
    (second,) = copies(folder)
    assert second != first


async def test_a_graph_that_is_not_whole_is_not_copied(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await fill(folder, 0, 1_100)
    end(folder)
    take(folder, settled_s=0)
    (before,) = copies(folder)
    head_alone_written(graph_of(folder))
    take(folder, settled_s=0)
    assert copies(folder) == [before]
    assert "not whole" in capsys.readouterr().err


async def test_an_orderly_end_leaves_the_graph_alone(folder: Path) -> None:
    await fill(folder, 0, 1_100)
    end(folder)
    before = signature(graph_of(folder))
    assert list(begin(folder, crashed=False).values()) == [_change(folder)]
    assert signature(graph_of(folder)) == before
    await check(folder, 1_100)


async def test_a_folder_from_before_there_were_copies_gets_one_at_once(folder: Path) -> None:
    await fill(folder, 0, 1_100)
    end(folder)
    shutil.rmtree(folder / STORE)
    begin(folder, crashed=False)
    assert len(copies(folder)) == 1


async def test_without_copy_and_log_a_graph_stays_as_it_is(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await fill(folder, 0, 1_100)
    end(folder)
    take(folder, settled_s=0)
    shutil.rmtree(folder / STORE)
    before = signature(graph_of(folder))
    assert before
    begin(folder, crashed=True)
    assert signature(graph_of(folder)) == before
    assert "stays as it is" in capsys.readouterr().err
    await check(folder, 1_100)


@pytest.mark.parametrize("damage", [names_cut_short, head_alone_written])
async def test_a_graph_left_in_half_without_a_crash_is_put_back_too(
    folder: Path, damage: Callable[[Path], None]
) -> None:
    await fill(folder, 0, 1_100)
    end(folder)
    take(folder, settled_s=0)
    damage(graph_of(folder))  # as a full disk does
    await check(folder, 1_100)


async def test_without_room_for_another_copy_the_copy_itself_is_put_back(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await fill(folder, 0, 1_100)
    end(folder)
    take(folder, settled_s=0)
    names_cut_short(graph_of(folder))
    (folder / STORE / "draft").write_text("in the way")
    begin(folder, crashed=True)
    assert "is taken itself" in capsys.readouterr().err
    assert copies(folder) == []
    assert is_whole(graph_of(folder))
    (folder / STORE / "draft").unlink()
    await check(folder, 1_100)


async def test_a_copy_that_cannot_be_made_is_told_and_the_log_stays(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await fill(folder, 0, 1_100)
    end(folder)
    (folder / STORE / "draft").write_text("in the way")
    before = logged(folder)
    assert not take(folder, settled_s=0)
    assert "could not be copied" in capsys.readouterr().err
    assert logged(folder) == before
    (folder / STORE / "draft").unlink()
    assert take(folder, settled_s=0)


async def test_a_copy_ahead_of_the_database_is_of_another_past(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As where the folder's own files were brought back from a backup, and the copies were not."""
    await fill(folder, 0, 1_100)
    end(folder)
    take(folder, settled_s=0)
    (copy,) = copies(folder)
    copy.rename(copy.with_name(f"{graph_of(folder).name}.{10**6}"))
    begin(folder, crashed=True)
    assert "no copy and stays as it is" in capsys.readouterr().err
    take(folder, settled_s=0)
    assert copies(folder) == [copy]
    await check(folder, 1_100)


async def test_killed_while_it_puts_back_it_is_put_back_again(folder: Path) -> None:
    await fill(folder, 0, 1_100)
    end(folder)
    take(folder, settled_s=0)
    (copy,) = copies(folder)
    await fill(folder, 1_100, 1_100)
    crash(folder)
    with ChangeLog.open(folder) as log:  # this far it came: the number, and no files any more
        (graph,) = log.graphs()
        log.set_change(graph.id, int(copy.name.rpartition(".")[2]))
    shutil.rmtree(graph.folder)
    await check(folder, 2_200)


async def test_nothing_stays_of_a_collection_that_was_dropped(folder: Path) -> None:
    await fill(folder, 0, 1_100)
    end(folder)
    take(folder, settled_s=0)
    async with served(folder) as (client, collection):
        await client.upsert(collection, records(1_100, 500))
        await client.drop(collection.name)
        new = await client.create("another", {"generation": 1})
        assert new is not None
        await client.upsert(new, records(0, 20))
        take(folder, settled_s=0)
        assert copies(folder) == []
        assert logged(folder) == 20
        assert not is_due(folder)
        assert graphs(folder) == 1
        assert await lost(client, new, records(0, 20)) == []


async def test_a_running_server_s_graph_is_copied_by_its_owner(folder: Path) -> None:
    async with served(folder) as (client, collection):
        await client.upsert(collection, records(0, 1_100))
        assert await lost(client, collection, records(0, 20)) == []
        while not copies(folder):  # the test's own limit ends it
            await client.count(collection)


async def test_it_waits_for_the_helper_of_an_owner_that_was_killed(folder: Path) -> None:
    await fill(folder, 0, 10)
    end(folder)
    with (folder / STORE / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        beginning = threading.Thread(target=begin, args=(folder,), kwargs={"crashed": True})
        beginning.start()
        beginning.join(0.3)
        assert beginning.is_alive()
    beginning.join(30)
    assert not beginning.is_alive()
