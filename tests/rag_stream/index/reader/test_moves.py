"""What is read of an index that has moved on, and how old a look at it may be."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from rag_stream.errors import IndexEmptyError, IndexMovedError
from rag_stream.index.client import Record
from rag_stream.index.reader import IndexReader
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.options import options_of
from rag_stream.pipeline.runtime import Runtime
from rag_stream.retrieval.retriever import Retrieved
from rag_stream.settings import Settings
from tests.support.corpus import STREAM, TASK, TEXTS, TREE, fill


async def ask(runtime: Runtime, question: str) -> Retrieved:
    return await runtime.retriever.retrieve(question, options_of(runtime.settings, {}), {})


READS: dict[str, Callable[[IndexReader, IndexSnapshot, Sequence[float], list[str]], Any]] = {
    "search": lambda index, snapshot, vector, ids: index.search(snapshot, vector, len(TEXTS)),
    "propose": lambda index, snapshot, vector, ids: index.propose(snapshot, vector, len(TEXTS)),
    "fetch": lambda index, snapshot, vector, ids: index.fetch(snapshot, ids),
    "count": lambda index, snapshot, vector, ids: index.count(snapshot),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
async def test_a_collection_that_was_replaced_has_moved(
    runtime: Runtime, settings: Settings, read: Any
) -> None:
    await fill(settings)
    snapshot = await runtime.index.snapshot()
    vector = await runtime.embedder.embed_question("streaming")
    await (await runtime.index.client()).drop(settings.collection)
    await fill(settings, [STREAM])
    with pytest.raises(IndexMovedError, match="has moved on from generation 1"):
        await read(runtime.index, snapshot, vector, ["any"])


@pytest.mark.parametrize("name", ["search", "fetch"])
async def test_what_is_of_a_later_generation_has_moved(
    runtime: Runtime, settings: Settings, name: str
) -> None:
    await fill(settings)
    client, snapshot = await runtime.index.client(), await runtime.index.snapshot()
    vector = await runtime.embedder.embed_question("streaming")
    ids = await client.ids(snapshot.collection, limit=100)
    await fill(settings, [STREAM, "Another text than before."])
    with pytest.raises(IndexMovedError, match="has moved on from generation 1"):
        await READS[name](runtime.index, snapshot, vector, ids)
    newer = await runtime.index.snapshot()
    assert newer.generation == 2
    await READS[name](runtime.index, newer, vector, ids)


async def test_what_is_only_laid_down_has_not_moved(runtime: Runtime, settings: Settings) -> None:
    await fill(settings)
    client, snapshot = await runtime.index.client(), await runtime.index.snapshot()
    vector = await runtime.embedder.embed_question("streaming")
    stored = await client.get(snapshot.collection, vectors=True)
    staged = Record("staged", "x", {**stored[0].metadata, "since": 2}, 0.0, stored[0].vector)
    await client.upsert(snapshot.collection, [staged])
    found = await runtime.index.search(snapshot, vector, 100)
    assert sorted(record.text for record in found) == sorted(TEXTS)
    fetched = await runtime.index.fetch(snapshot, [record.id for record in [*stored, staged]])
    assert fetched.keys() == {record.id for record in stored}


async def test_a_look_at_another_collection_is_not_taken_for_this_one(
    runtime: Runtime, settings: Settings
) -> None:
    await fill(settings)
    await (await runtime.index.client()).create(f"{settings.collection}.new", {"generation": 7})
    assert await runtime.index.find("there-is-none") is None
    other = await runtime.index.find(f"{settings.collection}.new")
    assert other is not None
    assert other.generation == 7
    assert runtime.index.recent() is None


async def test_a_busy_service_looks_at_the_index_once_for_many_searches(
    monkeypatch: pytest.MonkeyPatch, runtime: Runtime, settings: Settings
) -> None:
    monkeypatch.setattr("rag_stream.index.reader.RECENT_S", 3600.0)  # on a slow machine too
    await fill(settings)
    assert runtime.index.recent() is None
    await ask(runtime, "What is streaming?")
    assert runtime.index.recent() == await runtime.index.snapshot()


@pytest.mark.parametrize("texts", [[STREAM, "Streaming was added later."], [TASK]])
async def test_a_search_from_an_old_look_sees_a_change_at_once(
    monkeypatch: pytest.MonkeyPatch, runtime: Runtime, settings: Settings, texts: list[str]
) -> None:
    # However old the look is: what is found tells by itself that the index has moved on.
    monkeypatch.setattr("rag_stream.index.reader.RECENT_S", 3600.0)
    await fill(settings)
    before = await ask(runtime, "What is streaming?")
    assert before.documents[0].page_content == STREAM
    await fill(settings, texts)
    assert runtime.index.recent() is not None
    after = await ask(runtime, "What is streaming?")
    assert {document.page_content for document in after.documents} == set(texts)
    assert after.generation == before.generation + 1


async def test_a_search_from_an_old_look_sees_an_index_made_anew(
    monkeypatch: pytest.MonkeyPatch, runtime: Runtime, settings: Settings
) -> None:
    monkeypatch.setattr("rag_stream.index.reader.RECENT_S", 3600.0)
    await fill(settings)
    await ask(runtime, "What is streaming?")
    await (await runtime.index.client()).drop(settings.collection)
    with pytest.raises(IndexEmptyError):
        await ask(runtime, "What is streaming?")
    await fill(settings, [TREE])
    found = await ask(runtime, "What is streaming?")
    assert [document.page_content for document in found.documents] == [TREE]
