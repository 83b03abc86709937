"""The lexical index follows Chroma: only what changed is read, and nothing is missed."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from rag_stream.index.client import ChromaClient, Record
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.lexical import sync as lexical_sync
from rag_stream.lexical.store import LexicalStore
from rag_stream.lexical.sync import LABELLED, bring_in_step
from tests.support.lexical_index import VECTOR, Corpus, content, id_of

WORDS = [f"word{n}" for n in range(30)]


class Watched(ChromaClient):
    """Counts what is read."""

    def __init__(self, url: str) -> None:
        super().__init__(url, tenant="default_tenant", database="default_database")
        self.texts_read = 0
        self.all_listed = 0

    async def get(self, *args: Any, **kwargs: Any) -> list[Record]:
        found = await super().get(*args, **kwargs)
        if kwargs.get("texts", True):
            self.texts_read += len(found)
        return found

    async def ids(self, *args: Any, **kwargs: Any) -> list[str]:
        self.all_listed += 1
        return await super().ids(*args, **kwargs)


@pytest.fixture
async def client(chroma_url: str) -> AsyncIterator[Watched]:
    client = Watched(chroma_url)
    yield client
    await client.aclose()


@pytest.fixture
async def corpus(client: Watched) -> Corpus:
    return await Corpus.open(client, f"lexical-{uuid4().hex[:12]}")


@pytest.fixture
def store(tmp_path: Path) -> LexicalStore:
    return LexicalStore(tmp_path / "index")


def found(store: LexicalStore, question: str) -> set[str]:
    view = store.refresh()
    assert view is not None
    return {hit.id for hit in view.search(question, 1_000)}


async def sync(corpus: Corpus, store: LexicalStore) -> IndexSnapshot:
    snapshot = await corpus.snapshot()
    await bring_in_step(corpus.client, snapshot, store)
    view = store.refresh()
    assert view is not None
    assert view.stands_for(snapshot.generation)
    return snapshot


async def test_chunks_are_found_by_their_words_and_those_of_neighbours(
    corpus: Corpus, store: LexicalStore
) -> None:
    words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"]
    await corpus.put("a", words)
    await corpus.put("b", ["beta stands alone"])
    await sync(corpus, store)
    assert store.view is not None
    hits = store.view.search("alpha", 10)
    assert [hit.id.split("@")[1].split(":")[0] for hit in hits] == ["0", "6", "11", "17", "23"]
    (best, *_) = store.view.search("beta alone", 10)
    assert best.id == id_of("b", 0, "beta stands alone")


async def test_only_what_changed_is_read(
    corpus: Corpus, store: LexicalStore, client: Watched
) -> None:
    for n in range(50):
        await corpus.put(f"s{n}", [f"text number {n}", "common"])
    await sync(corpus, store)
    client.texts_read = 0
    await corpus.put("s7", ["text number 7", "common", "added later"])
    client.texts_read = 0
    await sync(corpus, store)
    assert (client.texts_read, client.all_listed) == (3, 0)
    assert len(found(store, "later")) == 3


async def test_what_went_is_noticed_by_the_numbers(
    corpus: Corpus, store: LexicalStore, client: Watched
) -> None:
    for n in range(20):
        await corpus.put(f"s{n}", ["first", f"second{n}", "third"])
    await sync(corpus, store)
    await corpus.put("s3", [])
    await corpus.put("s4", ["first", "second4"])
    client.texts_read = 0
    await sync(corpus, store)
    assert client.texts_read == 2
    assert client.all_listed > 0
    assert found(store, "second3") == set()
    assert found(store, "third") & {id_of("s4", n, "second4") for n in range(20)} == set()


async def test_chunks_that_do_not_count_yet_are_not_found(
    corpus: Corpus, store: LexicalStore
) -> None:
    await corpus.put("a", ["old words"])
    coming = await corpus.stage("a", ["new words"])
    await sync(corpus, store)
    assert found(store, "words") == {id_of("a", 0, "old words")}
    gone = [id_of("a", 0, "old words")]
    snapshot = await corpus.snapshot()
    await corpus.client.update_metadata(snapshot.collection, gone, {"until": coming})
    await sync(corpus, store)
    assert found(store, "words") == {id_of("a", 0, "old words")}
    await corpus.commit("a", ["new words"], gone, coming)
    await sync(corpus, store)
    assert found(store, "words") == {id_of("a", 0, "new words")}


async def test_what_a_dead_ingest_left_behind_is_no_trouble(
    corpus: Corpus, store: LexicalStore
) -> None:
    await corpus.put("a", ["old words"])
    await corpus.stage("b", ["never came"])
    await sync(corpus, store)
    snapshot = await corpus.snapshot()
    await corpus.client.delete(snapshot.collection, [id_of("b", 0, "never came")])
    await corpus.put("c", ["third"])
    await sync(corpus, store)
    assert found(store, "came words third") == {id_of("a", 0, "old words"), id_of("c", 0, "third")}


async def test_another_title_of_a_chunk_that_stayed_is_followed(
    corpus: Corpus, store: LexicalStore
) -> None:
    snapshot = await corpus.put("a", ["words"])
    await sync(corpus, store)
    coming = snapshot.generation + 1
    label: dict[str, str | int] = {"title": "Another", LABELLED: coming}
    await corpus.client.update_metadata(snapshot.collection, [id_of("a", 0, "words")], label)
    await corpus.commit("a", ["words"], [], coming)
    await sync(corpus, store)
    assert store.view is not None
    assert len(store.view.search("words", 5, {"title": ["Another"]})) == 1


async def test_chunks_of_a_source_that_lie_apart_are_neighbours_all_the_same(
    corpus: Corpus, store: LexicalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lexical_sync, "PAGE", 3)
    await corpus.put("a", ["one"])
    for n in range(10):
        await corpus.put(f"between{n}", ["filler", "more"])
    await corpus.put("a", ["one", "two"])
    await sync(corpus, store)
    assert (
        found(store, "one") == found(store, "two") == {id_of("a", 0, "one"), id_of("a", 4, "two")}
    )
    assert len(found(store, "filler")) == 20


async def test_a_chroma_that_was_set_back_is_followed(corpus: Corpus, store: LexicalStore) -> None:
    await corpus.put("a", ["one"])
    snapshot = await corpus.put("b", ["two"])
    await sync(corpus, store)
    await corpus.client.delete(snapshot.collection, [id_of("b", 0, "two")])
    await corpus.client.set_metadata(
        snapshot.collection, {**snapshot.collection.metadata, "generation": 1}
    )
    await sync(corpus, store)
    assert found(store, "one two") == {id_of("a", 0, "one")}


async def test_an_index_worn_by_many_changes_is_made_anew(
    corpus: Corpus, store: LexicalStore
) -> None:
    for n in range(30):
        await corpus.put("a", [f"version {n}", "constant"])
        await sync(corpus, store)
    assert store.view is not None
    assert store.view.mark.written < 20
    both = {id_of("a", 0, "version 29"), id_of("a", 11, "constant")}
    assert found(store, "version") == both


@pytest.mark.parametrize("seed", range(3))
async def test_step_by_step_gives_what_at_once_gives(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(lexical_sync, "DEAD_SHARE", 1e9)  # never made anew
    chance = random.Random(seed)
    stepwise = LexicalStore(tmp_path / "stepwise")
    for _ in range(30):
        source = f"s{chance.randrange(6)}"
        texts = list(corpus.sources.get(source, []))
        for _ in range(chance.randrange(1, 4)):
            place = chance.randrange(len(texts) + 1)
            match chance.randrange(4):
                case 0:
                    del texts[place : place + 1]
                case 1:
                    texts = []
                case _:
                    texts.insert(place, " ".join(chance.choices(WORDS, k=4)))
        if texts != corpus.sources.get(source, []):
            await corpus.put(source, texts)
        if chance.random() < 0.5:
            await sync(corpus, stepwise)
    await corpus.put("last", ["word0 word1"])
    await sync(corpus, stepwise)
    at_once = LexicalStore(tmp_path / "at once")
    await sync(corpus, at_once)
    assert content(stepwise, WORDS) == content(at_once, WORDS)
    assert stepwise.view is not None
    assert at_once.view is not None
    assert stepwise.view.keys().keys() == at_once.view.keys().keys()


async def test_added_sources_score_as_those_made_at_once(corpus: Corpus, tmp_path: Path) -> None:
    chance = random.Random(7)
    stepwise = LexicalStore(tmp_path / "stepwise")
    for n in range(40):
        texts = [" ".join(chance.choices(WORDS, k=6)) for _ in range(chance.randrange(1, 6))]
        await corpus.put(f"s{n}", texts)
        if n % 3 == 0:
            await sync(corpus, stepwise)
    await sync(corpus, stepwise)
    at_once = LexicalStore(tmp_path / "at once")
    await sync(corpus, at_once)
    assert stepwise.view is not None
    assert at_once.view is not None
    for _ in range(50):
        question = " ".join(chance.choices(WORDS, k=5))
        one, other = (dict(view.search(question, 999)) for view in (stepwise.view, at_once.view))
        # Not exactly: marks of former generations count as chunks until they are merged away.
        assert one == pytest.approx(other, rel=0.15)


async def test_syncs_while_a_writer_is_at_work_end_in_step(
    corpus: Corpus, store: LexicalStore
) -> None:
    chance = random.Random(3)

    async def write() -> None:
        for n in range(40):
            texts = [f"{chance.choice(WORDS)} {chance.choice(WORDS)}" for _ in range(5)]
            await corpus.put(f"s{chance.randrange(8)}", texts if n % 5 else [])

    await corpus.put("s0", ["start"])
    for n in range(8):
        corpus.sources.setdefault(f"s{n}", [])
    writer = asyncio.create_task(write())
    while not writer.done():
        await bring_in_step(corpus.client, await corpus.snapshot(), store)
    await writer
    await sync(corpus, store)
    at_once = LexicalStore(None)
    await sync(corpus, at_once)
    assert content(store, WORDS) == content(at_once, WORDS)


async def test_a_collection_of_other_makers_is_read_as_well(
    corpus: Corpus, store: LexicalStore
) -> None:
    snapshot = await corpus.put("a", ["one"])
    await corpus.client.upsert(
        snapshot.collection, [Record("theirs", "foreign words", {"colour": "red"}, 0.0, VECTOR)]
    )
    await sync(corpus, store)
    assert found(store, "foreign") == {"theirs"}
