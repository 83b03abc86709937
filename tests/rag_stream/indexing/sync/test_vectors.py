"""The vectors that are written: of one model and one smoothing, whatever came before."""

import random
from typing import Any

import numpy as np
import pytest

from rag_stream.errors import EmbeddingMismatchError
from rag_stream.index.client import ChromaClient, Collection
from rag_stream.indexing.sync import VECTORS_PAGE
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.corpus import MEMORY, TASK, TOOLS, documents, fill
from tests.support.openai_server import OpenAIServer
from tests.support.synced_index import embedded, open_sync, recorded, stored, vectors


async def test_after_any_changes_the_vectors_are_those_of_a_new_index(runtime: Runtime) -> None:
    pool = [f"Sentence {number} of a pool, about nothing much." for number in range(9)]
    dice = random.Random(5)
    sync = await open_sync(runtime)
    for _ in range(12):
        texts = [dice.choice(pool) for _ in range(dice.randrange(1, 9))]
        await sync.put("s", documents("s", texts))
    changed = await runtime.index.snapshot()
    client = await runtime.index.client()
    records = await client.get(changed.collection, vectors=True)
    await sync.remove("s")
    await sync.put("s", documents("s", texts))
    again = await client.get(changed.collection, vectors=True)
    assert len(records) == len(again) == len(texts)
    new = {record.id: record.vector for record in again}
    for record in records:
        np.testing.assert_allclose(record.vector, new[record.id], atol=1e-5)


async def test_of_a_long_source_only_the_vectors_that_stay_are_asked_for_some_at_a_time(
    runtime: Runtime, openai_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"Sentence {number} of a long page." for number in range(VECTORS_PAGE + 90)]
    sync = await open_sync(runtime)
    await sync.put("s", documents("s", texts))
    before, first = await vectors(runtime), embedded(openai_server)
    asked: list[tuple[int, bool]] = []
    get = ChromaClient.get

    async def noted(self: ChromaClient, collection: Collection, *where: Any, **given: Any) -> Any:
        records = await get(self, collection, *where, **given)
        if given.get("vectors"):
            asked.append((len(records), given.get("texts", True)))
        return records

    monkeypatch.setattr(ChromaClient, "get", noted)
    await sync.put("s", documents("s", [texts[0], "New.", *texts[1:]]))
    known = len(texts) - 3  # not of those that lean on the new one
    assert asked[:2] == [(VECTORS_PAGE, False), (known - VECTORS_PAGE, False)]
    assert max(asked) <= (VECTORS_PAGE, False)
    assert embedded(openai_server) - first == 6  # the new one and what stands around it
    monkeypatch.undo()
    after = await vectors(runtime)
    for text in texts[3:]:
        np.testing.assert_allclose(after[text], before[text], atol=1e-4)


async def test_vectors_lean_on_neighbours_of_their_own_source_only(runtime: Runtime) -> None:
    sync = await open_sync(runtime, weights=())
    await sync.put("s", documents("s", [TASK, MEMORY]))
    plain = await vectors(runtime)
    await sync.put("s", documents("s", []))
    sync = await open_sync(runtime)  # an index that holds nothing takes any recipe
    await sync.put("s", documents("s", [TASK, MEMORY]))
    await sync.put("t", documents("t", [TOOLS]))
    leaning = await vectors(runtime)
    mean = np.asarray(plain[TASK]) + 0.5 * np.asarray(plain[MEMORY])
    np.testing.assert_allclose(leaning[TASK], mean / np.linalg.norm(mean), atol=1e-4)
    alone = await runtime.embedder.embed_chunks([TOOLS])
    np.testing.assert_allclose(leaning[TOOLS], alone[0], atol=1e-4)


async def test_vectors_of_different_smoothing_never_mix(runtime: Runtime) -> None:
    sync = await open_sync(runtime, weights=())
    await sync.put("s", documents("s", [TASK, MEMORY]))
    sync = await open_sync(runtime)
    outcome = await sync.put("s", documents("s", [TASK, MEMORY, TOOLS]))
    assert outcome.embedded == 1  # no other vector has to change
    plain = await runtime.embedder.embed_chunks([TASK, MEMORY, TOOLS])
    found = await vectors(runtime)
    for text, vector in zip([TASK, MEMORY, TOOLS], plain, strict=True):
        np.testing.assert_allclose(found[text], vector, atol=1e-4)
    assert (await recorded(runtime)).weights == ()


async def test_vectors_of_another_length_are_refused_before_they_are_written(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    sync = await open_sync(runtime)
    await sync.put("s", documents("s", [TASK]))
    openai_server.script("text-embedding-3-small", dimension=512)
    with pytest.raises(EmbeddingMismatchError, match="of 384 numbers.*now makes 512.*--rebuild"):
        await sync.put("t", documents("t", [TOOLS]))
    assert [record.text for record in await stored(runtime)] == [TASK]


async def test_another_embedding_model_is_refused_with_the_command(
    settings: Settings,
) -> None:
    await fill(settings)
    other = Runtime(settings.model_copy(update={"embeddings": "openai:text-embedding-3-large"}))
    try:
        with pytest.raises(EmbeddingMismatchError, match="python -m ingest --rebuild"):
            await open_sync(other)
        with pytest.raises(EmbeddingMismatchError, match="3-small.*3-large"):
            await other.readiness.check()
    finally:
        await other.aclose()
