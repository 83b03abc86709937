"""Copies of the graphs: taken when they rest, and the log goes."""

import shutil
from pathlib import Path

import pytest

from rag_stream.index.checkpoint import STORE, begin, is_due, take
from rag_stream.index.graph_files import signature
from tests.support.copied_graphs import (
    check,
    copied,
    copies,
    fill,
    graphs,
    head_alone_written,
    logged,
)
from tests.support.index_folder import end, graph_of, lost, records, served


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
    first = await copied(folder)
    await fill(folder, 1_100, 1_100)
    end(folder)
    take(folder, settled_s=0)
    (second,) = copies(folder)
    assert second != first


async def test_a_graph_that_is_not_whole_is_not_copied(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = await copied(folder)
    head_alone_written(graph_of(folder))
    take(folder, settled_s=0)
    assert copies(folder) == [before]
    assert "not whole" in capsys.readouterr().err


async def test_a_folder_from_before_there_were_copies_gets_one_at_once(folder: Path) -> None:
    await fill(folder, 0, 1_100)
    end(folder)
    shutil.rmtree(folder / STORE)
    begin(folder, crashed=False)
    assert len(copies(folder)) == 1


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


async def test_nothing_stays_of_a_collection_that_was_dropped(folder: Path) -> None:
    await copied(folder)
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
