"""A lexical index that is damaged, or cannot be written: made anew, and searched all the same."""

import asyncio
import errno
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag_stream.index.full_disk import FULL
from rag_stream.lexical.search import LexicalSearch
from rag_stream.lexical.snapshot import LexicalDamagedError, Snapshot
from tests.support.lexical_index import Corpus, ask, folders, rested
from tests.support.lexical_process import run
from tests.support.locked import held


def truncate(folder: Path) -> None:
    for path in folder.glob("*.idx"):
        os.truncate(path, path.stat().st_size // 2)


def delete(folder: Path) -> None:
    for path in folder.glob("*.term"):
        path.unlink()


def garble(folder: Path) -> None:
    for path in folder.glob("*.*"):
        if len(path.stem) == 32:
            content = bytearray(path.read_bytes())
            for place in range(0, len(content) // 2, 3):
                content[place] ^= 0x5A
            path.write_bytes(content)


def unreadable_list(folder: Path) -> None:
    (folder / "meta.json").write_text('{"segments": [')


def other_list(folder: Path) -> None:
    (folder / "meta.json").write_text("[]")


def no_list(folder: Path) -> None:
    (folder / "meta.json").unlink()


def sums(folder: Path) -> None:
    (folder / "sums.json").write_bytes(b"\xff\x00")


def managed(folder: Path) -> None:
    (folder / ".managed.json").write_bytes(b"\xff\x00")


@pytest.mark.parametrize(
    "damage", [truncate, delete, garble, unreadable_list, other_list, no_list, sums, managed]
)
async def test_a_damaged_index_is_made_anew(
    corpus: Corpus, base: Path, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    before = corpus.lexical(base)
    await ask(before, corpus, "old")
    damage(folders(base)[0])
    with caplog.at_level(logging.WARNING):
        after = corpus.lexical(base)
        await asyncio.gather(*(ask(after, corpus, "old") for _ in range(5)))
        assert len(await ask(after, corpus, "old")) == 1
        await corpus.put("b", ["new words"])
        assert await after.catch_up(await corpus.snapshot())
        assert len(await ask(after, corpus, "words")) == 2
    said = [record for record in caplog.records if record.name.startswith("rag_stream.lexical.")]
    assert len(said) <= 1
    # Who had it open all the time goes on.
    assert len(await ask(before, corpus, "old")) == 1
    assert len(folders(base)) == 1
    await before.aclose()
    await after.aclose()


async def test_an_index_that_fails_to_be_searched_is_made_anew(
    no_rest: None, lexical: LexicalSearch, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask(lexical, corpus, "old")
    await rested()

    def fail(*args: Any) -> list[Any]:
        raise LexicalDamagedError("a panic")

    with monkeypatch.context() as broken:
        broken.setattr(Snapshot, "search", fail)
        hits = await ask(lexical, corpus, "old")
        assert (hits, hits.generation) == ([], 0)
    assert len(await ask(lexical, corpus, "old")) == 1


async def test_without_a_folder_to_write_to_it_is_kept_in_memory(
    corpus: Corpus, tmp_path: Path, no_rest: None
) -> None:
    (tmp_path / "file").write_text("in the way")
    lexical = corpus.lexical(tmp_path / "file" / "lexical")
    assert len(await ask(lexical, corpus, "old")) == 1
    await rested()
    await corpus.put("b", ["new words"])
    assert len(await ask(lexical, corpus, "words")) == 2
    await lexical.aclose()


def open_to_others(base: Path) -> list[Path]:
    written = [base, *base.rglob("*")]
    assert len(written) > 5
    return [path for path in written if path.stat().st_mode & 0o077]


async def test_what_is_written_is_for_this_account_alone(corpus: Corpus, base: Path) -> None:
    lexical = corpus.lexical(base)
    assert await lexical.catch_up(await corpus.snapshot())
    await corpus.put("b", ["new words"])
    assert await lexical.catch_up(await corpus.snapshot())
    await lexical.aclose()
    assert open_to_others(base) == []


async def test_a_wait_for_a_foreign_lock_is_told_and_ends(
    corpus: Corpus, base: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("rag_stream.lexical.refresher.LOCK_TIMEOUT_S", 2.0)
    lexical = corpus.lexical(base)
    assert await lexical.catch_up(await corpus.snapshot())
    await corpus.put("b", ["new words"])
    with held(base / "lock") as pid:
        assert not await lexical.catch_up(await corpus.snapshot())
    told, ended = [record.getMessage() for record in caplog.records]
    assert told.startswith(f"waiting for the index by words: held by process {pid} of ")
    assert f"locked for 2 s by process {pid} of " in ended
    await lexical.aclose()


@pytest.mark.parametrize("use_memory", [False, True])
async def test_a_full_disk_is_told_as_one_and_the_older_index_stays(
    corpus: Corpus,
    base: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    use_memory: bool,
) -> None:
    lexical = corpus.lexical(base)
    assert await lexical.catch_up(await corpus.snapshot())
    (folder,) = folders(base)
    before = sorted(path.name for path in folder.iterdir())
    await corpus.put("b", ["new words"])

    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tantivy.Index.writer", full)
    if use_memory:
        await ask(lexical, corpus, "words")
    else:
        assert not await lexical.catch_up(await corpus.snapshot())
    assert FULL in caplog.text
    assert "damaged" not in caplog.text
    assert sorted(path.name for path in folder.iterdir()) == before
    await lexical.aclose()


async def test_catching_up_without_a_folder_says_so(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    lexical = corpus.lexical(tmp_path / "file" / "lexical")
    assert not await lexical.catch_up(await corpus.snapshot())
    await lexical.aclose()


async def test_a_disk_that_is_full_does_not_stop_the_search(
    corpus: Corpus, chroma_url: str, base: Path
) -> None:
    process = await run("full", corpus, chroma_url, base)
    assert await process.wait() == 0
