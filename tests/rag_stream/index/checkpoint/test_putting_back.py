"""Copies of the graphs: put back after a crash, and brought up to date from the log."""

import fcntl
import shutil
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from rag_stream.index.change_log import ChangeLog
from rag_stream.index.checkpoint import STORE, begin, take
from rag_stream.index.graph_files import is_whole, signature
from tests.support.copied_graphs import (
    check,
    copied,
    copies,
    fill,
    gone,
    graph_cut_short,
    head_alone_written,
    names_cut_short,
)
from tests.support.index_folder import crash, end, graph_of


def _change(folder: Path) -> int:
    db = sqlite3.connect(folder / "chroma.sqlite3")
    try:
        return int(db.execute("SELECT MIN(seq_id) FROM max_seq_id").fetchone()[0])
    finally:
        db.close()


@pytest.mark.parametrize("damage", [names_cut_short, head_alone_written, graph_cut_short])
async def test_a_damaged_graph_is_put_back_and_brought_up_to_date(
    folder: Path, damage: Callable[[Path], None]
) -> None:
    await copied(folder)
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


async def test_an_orderly_end_leaves_the_graph_alone(folder: Path) -> None:
    await fill(folder, 0, 1_100)
    end(folder)
    before = signature(graph_of(folder))
    assert list(begin(folder, crashed=False).values()) == [_change(folder)]
    assert signature(graph_of(folder)) == before
    await check(folder, 1_100)


async def test_without_copy_and_log_a_graph_stays_as_it_is(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await copied(folder)
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
    await copied(folder)
    damage(graph_of(folder))  # as a full disk does
    await check(folder, 1_100)


async def test_without_room_for_another_copy_the_copy_itself_is_put_back(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await copied(folder)
    names_cut_short(graph_of(folder))
    (folder / STORE / "draft").write_text("in the way")
    begin(folder, crashed=True)
    assert "is taken itself" in capsys.readouterr().err
    assert copies(folder) == []
    assert is_whole(graph_of(folder))
    (folder / STORE / "draft").unlink()
    await check(folder, 1_100)


async def test_a_copy_ahead_of_the_database_is_of_another_past(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As where the folder's own files were brought back from a backup, and the copies were not."""
    copy = await copied(folder)
    copy.rename(copy.with_name(f"{graph_of(folder).name}.{10**6}"))
    begin(folder, crashed=True)
    assert "no copy and stays as it is" in capsys.readouterr().err
    take(folder, settled_s=0)
    assert copies(folder) == [copy]
    await check(folder, 1_100)


async def test_killed_while_it_puts_back_it_is_put_back_again(folder: Path) -> None:
    copy = await copied(folder)
    await fill(folder, 1_100, 1_100)
    crash(folder)
    with ChangeLog.open(folder) as log:  # this far it came: the number, and no files any more
        (graph,) = log.graphs()
        log.set_change(graph.id, int(copy.name.rpartition(".")[2]))
    shutil.rmtree(graph.folder)
    await check(folder, 2_200)


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
