"""The lexical index follows Chroma: only what changed is read, and nothing is missed."""

import pytest

from rag_stream.index.client import Record
from rag_stream.lexical import sync as lexical_sync
from rag_stream.lexical.store import LexicalStore
from rag_stream.lexical.sync import LABELLED
from tests.support.followed import Watched, found, sync
from tests.support.lexical_index import VECTOR, Corpus, id_of


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


async def test_a_collection_of_other_makers_is_read_as_well(
    corpus: Corpus, store: LexicalStore
) -> None:
    snapshot = await corpus.put("a", ["one"])
    await corpus.client.upsert(
        snapshot.collection, [Record("theirs", "foreign words", {"colour": "red"}, 0.0, VECTOR)]
    )
    await sync(corpus, store)
    assert found(store, "foreign") == {"theirs"}
