"""Searching and fetching: what is found, what is hidden, what is remembered."""

from typing import Any

import pytest

from rag_stream.index.client import ChromaClient, Record
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.corpus import STREAM, TASK, TEXTS, fill


async def test_search_finds_the_nearest_first(runtime: Runtime, settings: Settings) -> None:
    await fill(settings)
    vector = await runtime.embedder.embed_question("What is streaming of an answer's token?")
    found = await runtime.index.search(await runtime.index.snapshot(), vector, 2)
    assert found[0].text == STREAM
    assert found[0].distance < found[1].distance


async def test_search_looks_past_chunks_that_do_not_count_yet(
    runtime: Runtime, settings: Settings
) -> None:
    await fill(settings)
    client, snapshot = await runtime.index.client(), await runtime.index.snapshot()
    vector = await runtime.embedder.embed_question(TASK)
    best = (await client.get(snapshot.collection, {"start_index": 0}, vectors=True))[0]
    staged = [
        Record(f"staged-{n}", TASK, {**best.metadata, "since": 99}, 0.0, best.vector)
        for n in range(20)
    ]
    await client.upsert(snapshot.collection, staged)
    found = await runtime.index.search(snapshot, vector, len(TEXTS))
    assert sorted(r.text for r in found) == sorted(TEXTS)


async def test_chunks_fetched_before_are_remembered_for_their_generation(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(settings)
    runtime = Runtime(settings)
    asked: list[int] = []
    get = ChromaClient.get

    async def counting(self: ChromaClient, *args: Any, **kwargs: Any) -> list[Record]:
        asked.append(len(kwargs["ids"]))
        return await get(self, *args, **kwargs)

    try:
        client = await runtime.index.client()
        snapshot = await runtime.index.snapshot()
        ids = await client.ids(snapshot.collection, limit=100, offset=0)
        monkeypatch.setattr(ChromaClient, "get", counting)
        first = await runtime.index.fetch(snapshot, ids[:3])
        assert await runtime.index.fetch(snapshot, ids[:3]) == first
        assert (await runtime.index.fetch(snapshot, ids)).keys() == set(ids)
        assert asked == [3, len(ids) - 3]
        monkeypatch.setattr(ChromaClient, "get", get)
        await fill(settings, TEXTS[1:])
        monkeypatch.setattr(ChromaClient, "get", counting)
        now = await runtime.index.snapshot()
        assert now.generation == snapshot.generation + 1
        found = await runtime.index.fetch(now, ids)
        assert len(found) < len(ids)  # what was there before is not taken for what is
        assert asked[2:] == [len(ids)]
    finally:
        await runtime.aclose()
