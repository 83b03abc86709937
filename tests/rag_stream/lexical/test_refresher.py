"""Keeping a lexical index in step: how often, who waits, and what is left behind."""

import asyncio
import random
import signal
from pathlib import Path

import pytest

from rag_stream.index.client import ChromaClient
from rag_stream.lexical import refresher
from rag_stream.lexical.search import LexicalSearch
from tests.support.lexical_index import Corpus, Index, ask, folders, id_of, rested
from tests.support.lexical_process import run


async def test_a_question_that_does_not_wait_is_told_how_old_its_answer_is(
    no_rest: None, lexical: LexicalSearch, corpus: Corpus
) -> None:
    nothing = await lexical.search(await corpus.snapshot(), "old", 10, wait_s=0)
    assert (nothing, nothing.generation) == ([], 0)
    await ask(lexical, corpus, "old")
    await rested()
    await corpus.put("b", ["new words"])
    stale = await lexical.search(await corpus.snapshot(), "words", 10, wait_s=0)
    assert (len(stale), stale.generation) == (1, 1)
    await rested()
    fresh = await ask(lexical, corpus, "new")
    assert (len(fresh), fresh.generation) == (1, 2)


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
