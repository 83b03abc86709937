"""Searching by words: fresh, shared by processes, and there again whatever happens to it."""

import asyncio
import logging
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from rag_stream.index.client import ChromaClient
from rag_stream.lexical import refresher
from rag_stream.lexical import sync as lexical_sync
from rag_stream.lexical.search import Hits, LexicalSearch
from rag_stream.lexical.snapshot import LexicalDamagedError, Snapshot
from tests.support.lexical_index import Corpus, Index, folders, id_of
from tests.support.service import clean_environment

HELPER = """
import asyncio, sys
from pathlib import Path
from rag_stream.index.client import ChromaClient
from tests.support.lexical_index import Corpus

async def main(what, url, name, folder):
    client = ChromaClient(url, tenant="default_tenant", database="default_database")
    corpus = Corpus(client, name)
    lexical = corpus.lexical(Path(folder))
    if what == "ingest":
        await corpus.put("new", ["fresh words"])
        assert await lexical.catch_up(await corpus.snapshot())
    elif what == "full":
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        hits = await lexical.search(await corpus.snapshot(), "old", 5, wait_s=60)
        assert len(hits) == 1, hits
    else:
        print("ready", flush=True)
        n = 0
        while True:
            n += 1
            await corpus.put("busy", [f"busy{n} words", "always"])
            await lexical.catch_up(await corpus.snapshot())
    await lexical.aclose()
    await client.aclose()

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture
async def client(chroma_url: str) -> AsyncIterator[ChromaClient]:
    client = ChromaClient(chroma_url, tenant="default_tenant", database="default_database")
    yield client
    await client.aclose()


@pytest.fixture
async def corpus(client: ChromaClient) -> Corpus:
    corpus = await Corpus.open(client, f"lexical-{uuid4().hex[:12]}")
    await corpus.put("a", ["old words"])
    return corpus


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return tmp_path / "data" / "chroma.lexical"


@pytest.fixture
async def lexical(corpus: Corpus, base: Path) -> AsyncIterator[LexicalSearch]:
    lexical = corpus.lexical(base)
    yield lexical
    await lexical.aclose()


@pytest.fixture
def no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refresher, "REST_S", 0.01)
    monkeypatch.setattr(refresher, "_REST_SHARE", 0)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The generations that the index was brought in step with, one entry each time."""
    done: list[int] = []
    real = lexical_sync.bring_in_step

    async def counted(client: Any, snapshot: Any, store: Any, **how: Any) -> None:
        done.append(snapshot.generation)
        await real(client, snapshot, store, **how)

    monkeypatch.setattr(refresher, "bring_in_step", counted)
    return done


async def ask(lexical: LexicalSearch, corpus: Corpus, question: str) -> Hits:
    return await lexical.search(await corpus.snapshot(), question, 10, wait_s=30)


async def run(what: str, corpus: Corpus, url: str, base: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", HELPER, what, url, corpus.name, str(base),
        env=clean_environment({"PYTHONPATH": os.pathsep.join(sys.path)}),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def test_the_first_question_makes_the_index(lexical: LexicalSearch, corpus: Corpus) -> None:
    hits = await ask(lexical, corpus, "old")
    assert [hit.id for hit in hits] == [id_of("a", 0, "old words")]
    assert hits.generation == 1


async def test_a_question_after_a_change_is_answered_from_the_new_index(
    no_rest: None, lexical: LexicalSearch, corpus: Corpus
) -> None:
    await ask(lexical, corpus, "old")
    await asyncio.sleep(0.1)
    await corpus.put("b", ["new words"])
    hits = await ask(lexical, corpus, "new")
    assert (hits.generation, len(hits)) == (2, 1)


async def test_a_question_that_does_not_wait_is_told_how_old_its_answer_is(
    no_rest: None, lexical: LexicalSearch, corpus: Corpus
) -> None:
    nothing = await lexical.search(await corpus.snapshot(), "old", 10, wait_s=0)
    assert (nothing, nothing.generation) == ([], 0)
    await ask(lexical, corpus, "old")
    await asyncio.sleep(0.1)
    await corpus.put("b", ["new words"])
    stale = await lexical.search(await corpus.snapshot(), "words", 10, wait_s=0)
    assert (len(stale), stale.generation) == (1, 1)
    for _ in range(1000):
        if (await ask(lexical, corpus, "new")).generation == 2:
            break
        await asyncio.sleep(0.01)
    assert len(await ask(lexical, corpus, "new")) == 1


async def test_a_large_index_is_searched_in_a_thread(
    lexical: LexicalSearch, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag_stream.lexical.search.LARGE", 0)
    assert len(await ask(lexical, corpus, "old")) == 1


async def test_many_questions_bring_it_in_step_once(
    lexical: LexicalSearch, corpus: Corpus, steps: list[int]
) -> None:
    found = await asyncio.gather(*(ask(lexical, corpus, "old") for _ in range(50)))
    assert {hits.generation for hits in found} == {1}
    assert steps == [1]
    await ask(lexical, corpus, "old")
    assert steps == [1]


async def test_an_index_that_keeps_moving_is_followed_with_rests(
    lexical: LexicalSearch, corpus: Corpus, steps: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresher, "REST_S", 3600.0)
    await ask(lexical, corpus, "old")
    for n in range(10):
        await corpus.put(f"s{n}", ["moving"])
        hits = await ask(lexical, corpus, "old")  # nobody waits
        assert (len(hits), hits.generation) == (1, 1)
    assert steps == [1]
    assert await lexical.catch_up(await corpus.snapshot())
    assert (await ask(lexical, corpus, "moving")).generation == 11


async def test_what_another_process_has_brought_in_step_is_seen_at_once(
    lexical: LexicalSearch, corpus: Corpus, chroma_url: str, base: Path, steps: list[int]
) -> None:
    await ask(lexical, corpus, "old")
    ingest = await run("ingest", corpus, chroma_url, base)
    assert await ingest.wait() == 0
    hits = await ask(lexical, corpus, "fresh")
    assert (len(hits), hits.generation) == (1, 2)
    assert steps == [1]


async def test_a_writer_killed_at_any_moment_leaves_an_index(
    corpus: Corpus, chroma_url: str, base: Path
) -> None:
    for _ in range(4):
        writer = await run("write", corpus, chroma_url, base)
        assert writer.stdout is not None
        await writer.stdout.readline()
        await asyncio.sleep(random.uniform(0.05, 0.6))
        writer.send_signal(signal.SIGKILL)
        await writer.wait()
        lexical = corpus.lexical(base)
        await corpus.put("after", ["the kill"])
        hits = await ask(lexical, corpus, "old")
        assert (await lexical.catch_up(await corpus.snapshot()), len(hits)) == (True, 1)
        assert len(await ask(lexical, corpus, "kill")) == 1
        await corpus.put("after", [])
        await lexical.aclose()


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
    await asyncio.sleep(0.1)

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
    await asyncio.sleep(0.1)
    await corpus.put("b", ["new words"])
    assert len(await ask(lexical, corpus, "words")) == 2
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


async def test_an_index_that_was_replaced_is_followed_and_its_folder_removed(
    lexical: LexicalSearch, corpus: Corpus, base: Path, client: ChromaClient
) -> None:
    await ask(lexical, corpus, "old")
    old = folders(base)[0]
    await client.drop(corpus.name)
    again = await Corpus.open(client, corpus.name)
    await again.put("z", ["other words"])
    other = again.lexical(base)
    assert [hit.id for hit in await ask(other, again, "words")] == [id_of("z", 0, "other words")]
    assert old.exists()  # somebody has it open
    await lexical.aclose()
    await again.put("z", ["other words", "more"])
    assert await other.catch_up(await again.snapshot())
    assert old not in folders(base)
    await other.aclose()


async def test_folders_of_other_collections_stay(
    lexical: LexicalSearch, corpus: Corpus, base: Path, client: ChromaClient
) -> None:
    await ask(lexical, corpus, "old")
    await lexical.aclose()
    other = await Corpus.open(client, f"{corpus.name}-too")
    await other.put("z", ["other words"])
    second = other.lexical(base)
    assert await second.catch_up(await other.snapshot())
    assert len(folders(base)) == 2
    await second.aclose()


async def test_a_collection_made_ready_under_another_name_is_the_same_afterwards(
    corpus: Corpus, base: Path, client: ChromaClient, steps: list[int]
) -> None:
    """As a rebuild does it: the new index stands before it takes its place."""
    new = await Corpus.open(client, f"{corpus.name}.new")
    await new.put("a", ["old words"])
    lexical = corpus.lexical(base)
    await ask(lexical, corpus, "old")
    assert await lexical.catch_up(await new.snapshot())
    assert len(folders(base)) == 2
    await client.drop(corpus.name)
    await client.rename((await new.snapshot()).collection, corpus.name)
    del steps[:]
    assert (await ask(lexical, corpus, "old")).generation == 1
    assert steps == []
    await lexical.aclose()


async def test_a_chroma_that_is_away_leaves_the_search_as_it_was(
    lexical: LexicalSearch, corpus: Corpus, client: ChromaClient
) -> None:
    await ask(lexical, corpus, "old")
    snapshot = await corpus.put("b", ["new words"])
    await client.drop(corpus.name)
    hits = await lexical.search(snapshot, "old words", 10, wait_s=30)
    assert (len(hits), hits.generation) == (1, 1)


async def test_a_store_that_does_not_answer_is_no_error_of_the_search(
    corpus: Corpus, base: Path
) -> None:
    away = ChromaClient("http://127.0.0.1:9", tenant="t", database="d")

    lexical = LexicalSearch(Index(away), base)
    hits = await lexical.search(await corpus.snapshot(), "old", 10, wait_s=30)
    assert (hits, hits.generation) == ([], 0)
    await lexical.aclose()
    await away.aclose()


async def test_closing_in_the_middle_of_making_it_leaves_nothing_running(
    corpus: Corpus, base: Path
) -> None:
    before = asyncio.all_tasks()
    for pause_s in (0, 0.005, 0.02, 0.05):
        lexical = corpus.lexical(base)
        asking = asyncio.create_task(ask(lexical, corpus, "old"))
        await asyncio.sleep(pause_s)
        asking.cancel()
        await asyncio.wait({asking})
        await lexical.aclose()
        assert asyncio.all_tasks() == before
    lexical = corpus.lexical(base)
    assert len(await ask(lexical, corpus, "old")) == 1
    await lexical.aclose()


async def test_an_unknown_filter_is_refused(lexical: LexicalSearch, corpus: Corpus) -> None:
    with pytest.raises(ValueError, match="'colour'"):
        await lexical.search(await corpus.snapshot(), "old", 10, {"colour": ["red"]})


async def test_nothing_is_asked_for(lexical: LexicalSearch, corpus: Corpus) -> None:
    await ask(lexical, corpus, "old")
    assert await lexical.search(await corpus.snapshot(), "old", 0) == []
