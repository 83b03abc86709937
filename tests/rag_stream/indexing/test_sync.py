"""Writing to a real index: nothing doubled, nothing embedded twice, nothing seen half."""

import asyncio
import random
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ingest.recipe import configured
from rag_stream.errors import (
    EmbeddingFailedError,
    EmbeddingMismatchError,
    IndexBusyError,
    IndexEmptyError,
    IndexMovedError,
)
from rag_stream.index.client import Record
from rag_stream.indexing.lease import lease
from rag_stream.indexing.recipe import Recipe
from rag_stream.indexing.smoothing import WEIGHTS
from rag_stream.indexing.sync import Sync
from rag_stream.options import options_of
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.corpus import MEMORY, STREAM, TASK, TEXTS, TOOLS, documents, fill
from tests.support.openai_server import OpenAIServer


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    runtime = Runtime(settings)
    yield runtime
    await runtime.aclose()


async def open_sync(runtime: Runtime, weights: tuple[float, ...] = WEIGHTS, **cut: Any) -> Sync:
    recipe = configured(runtime.settings, runtime.embedder.fingerprint)
    recipe = replace(recipe, weights=weights, cut=replace(recipe.cut, **cut))
    return await Sync.open(runtime.index, runtime.settings.collection, runtime.embedder, recipe)


async def recorded(runtime: Runtime) -> Recipe:
    state = await runtime.index.find()
    assert state is not None
    recipe = Recipe.of(state.collection.metadata)
    assert recipe is not None
    return recipe


async def vectors(runtime: Runtime) -> dict[str, Any]:
    """The vector of every chunk, by its text, rounded."""
    snapshot = await runtime.index.snapshot()
    client = await runtime.index.client()
    records = await client.get(snapshot.collection, vectors=True)
    return {record.text: np.round(record.vector, 5).tolist() for record in records}


async def stored(runtime: Runtime) -> list[Record]:
    """Everything in the collection, seen or not."""
    state = await runtime.index.find()
    assert state is not None
    return await (await runtime.index.client()).get(state.collection)


async def seen(runtime: Runtime, question: str = "anything") -> list[str]:
    """All texts that a reader finds, who begins again where the index has moved on."""
    vector = await runtime.embedder.embed_question(question)
    while True:
        with suppress(IndexMovedError):
            records = await runtime.index.search(await runtime.index.snapshot(), vector, 100)
            return sorted(record.text for record in records)


def embedded(server: OpenAIServer) -> int:
    return sum(len(call.body["input"]) for call in server.embeddings)


async def test_a_second_run_embeds_and_changes_nothing(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    sync = await open_sync(runtime)
    first = await sync.put("s", documents("s", TEXTS))
    assert (first.change, first.chunks, first.embedded) == ("added", 5, 5)
    before = embedded(openai_server)
    second = await sync.put("s", documents("s", TEXTS))
    assert (second.change, second.embedded, second.deleted) == ("unchanged", 0, 0)
    assert embedded(openai_server) == before
    assert (await runtime.index.snapshot()).generation == 1
    assert len(await stored(runtime)) == 5


async def test_a_change_embeds_only_the_new_text(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    sync = await open_sync(runtime, weights=())
    await sync.put("s", documents("s", [TASK, MEMORY]))
    before = embedded(openai_server)
    outcome = await sync.put("s", documents("s", [TASK, TOOLS]))
    assert (outcome.change, outcome.embedded, outcome.deleted) == ("changed", 1, 1)
    assert embedded(openai_server) == before + 1
    assert await seen(runtime) == sorted([TASK, TOOLS])
    assert len(await stored(runtime)) == 2


async def test_a_change_embeds_no_more_than_it_and_its_neighbours(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    lines = [f"Line {number} says something of its own." for number in range(30)]
    sync = await open_sync(runtime)
    await sync.put("s", documents("s", lines))
    lines[15] = "Line 15 says other things as well."  # as long as before: nothing moves
    before = embedded(openai_server)
    preview = await sync.preview("s", documents("s", lines))
    outcome = await sync.put("s", documents("s", lines))
    # The vectors of two chunks on each side change, and lean on two more each.
    assert (outcome.change, outcome.embedded, outcome.deleted) == ("changed", 9, 1)
    assert preview.embedded == 9
    assert embedded(openai_server) == before + 9


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


async def test_text_that_only_moved_is_not_embedded_again(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    sync = await open_sync(runtime, weights=())
    await sync.put("s", documents("s", TEXTS))
    before = embedded(openai_server)
    outcome = await sync.put("s", documents("s", ["A new first line.", *TEXTS]))
    assert outcome.embedded == 1
    assert embedded(openai_server) == before + 1
    assert await seen(runtime) == sorted(["A new first line.", *TEXTS])


async def test_a_new_title_is_taken_over_without_embedding(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    sync = await open_sync(runtime)
    await sync.put("s", documents("s", TEXTS))
    before = embedded(openai_server)
    assert (await sync.put("s", documents("s", TEXTS, title="Other"))).change == "changed"
    assert embedded(openai_server) == before
    assert {record.metadata["title"] for record in await stored(runtime)} == {"Other"}


async def test_removing_a_source_leaves_the_others(runtime: Runtime) -> None:
    sync = await open_sync(runtime)
    await sync.put("a", documents("a", [TASK]))
    await sync.put("b", documents("b", [TOOLS]))
    assert await sync.sources() == {"a", "b"}
    assert (await sync.remove("a")).deleted == 1
    assert await sync.sources() == {"b"}
    assert await seen(runtime) == [TOOLS]


async def test_previews_write_nothing(runtime: Runtime) -> None:
    sync = await open_sync(runtime, weights=())
    await sync.put("s", documents("s", [TASK, MEMORY]))
    outcome = await sync.preview("s", documents("s", [TASK, TOOLS, STREAM]))
    assert (outcome.change, outcome.chunks, outcome.embedded, outcome.deleted) == (
        "changed",
        3,
        2,
        1,
    )
    assert (await sync.preview_removal("s")).deleted == 2
    assert await seen(runtime) == sorted([TASK, MEMORY])


async def test_the_index_records_model_and_dimension(runtime: Runtime) -> None:
    await (await open_sync(runtime)).put("s", documents("s", [TASK]))
    metadata = (await runtime.index.snapshot()).collection.metadata
    assert metadata["embedding_model"] == "openai:text-embedding-3-small"
    assert metadata["dimension"] == 384


async def test_the_index_records_how_it_is_made(runtime: Runtime) -> None:
    sync = await open_sync(runtime)
    await sync.put("s", documents("s", [TASK]))
    made = await recorded(runtime)
    assert made == replace(configured(runtime.settings, made.embedding_model), dimension=384)
    metadata = (await runtime.index.snapshot()).collection.metadata
    assert {name: metadata[name] for name in ("chunker", "chunk_size", "chunk_overlap")} == {
        "chunker": "sentences",
        "chunk_size": 300,
        "chunk_overlap": 0,
    }


async def test_a_source_of_another_cut_makes_the_index_mixed_until_all_are_of_it(
    runtime: Runtime,
) -> None:
    sync = await open_sync(runtime)
    await sync.put("a", documents("a", [TASK]))
    await sync.put("b", documents("b", [TOOLS]))
    sync = await open_sync(runtime, size=500)
    await sync.put("a", documents("a", [TASK, MEMORY]))
    made = await recorded(runtime)
    assert (made.cut.size, made.is_mixed) == (500, True)
    await sync.finish()
    assert (await recorded(runtime)).is_mixed
    sync = await open_sync(runtime, size=500)
    for source, texts in {"a": [TASK, MEMORY], "b": [TOOLS]}.items():
        assert (await sync.put(source, documents(source, texts))).change == "unchanged"
    await sync.finish()
    made = await recorded(runtime)
    assert (made.cut.size, made.is_mixed) == (500, False)


async def test_taking_a_source_out_records_no_other_cut(runtime: Runtime) -> None:
    sync = await open_sync(runtime)
    await sync.put("a", documents("a", [TASK]))
    await sync.put("b", documents("b", [TOOLS]))
    sync = await open_sync(runtime, size=500)
    await sync.remove("b")
    await sync.finish()
    assert (await recorded(runtime)).cut.size == 300


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
            await other.check()
    finally:
        await other.aclose()


async def test_readers_see_old_or_new_never_half(settings: Settings, runtime: Runtime) -> None:
    versions = [[f"Version {v} sentence {n} about agents." for n in range(40)] for v in range(6)]
    await fill(settings, versions[0])
    finished = asyncio.Event()

    async def write() -> None:
        for version in versions[1:]:
            await fill(settings, version)
        finished.set()

    async def read() -> set[str]:
        found = set()
        while not finished.is_set():
            texts = await seen(runtime, "sentence about agents")
            number = {text.split()[1] for text in texts}
            assert len(number) == 1, f"two versions at once: {number}"
            assert len(texts) == 40
            found |= number
        return found

    writing = asyncio.create_task(write())
    readings = await asyncio.gather(*(read() for _ in range(3)))
    await writing
    assert set().union(*readings)


async def test_a_run_that_fails_half_way_changes_nothing(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    sync = await open_sync(runtime)
    await sync.put("s", documents("s", [TASK, MEMORY]))
    many = [f"Sentence number {n}." for n in range(100)]  # two batches; the second fails
    openai_server.once("text-embedding-3-small")
    openai_server.once("text-embedding-3-small", status=400)
    with pytest.raises(EmbeddingFailedError):
        await sync.put("s", documents("s", many))
    assert sorted(record.text for record in await stored(runtime)) == sorted([TASK, MEMORY])
    assert await seen(runtime) == sorted([TASK, MEMORY])


async def test_what_a_killed_run_left_is_cleaned_up_by_the_next(runtime: Runtime) -> None:
    sync = await open_sync(runtime)
    await sync.put("s", documents("s", [TASK, MEMORY]))
    client, state = await runtime.index.client(), await runtime.index.snapshot()
    left = await client.get(state.collection, vectors=True)
    staged = Record("x" * 32, STREAM, {**left[0].metadata, "since": 2}, 0.0, left[0].vector)
    await client.upsert(state.collection, [staged])
    await client.update_metadata(state.collection, [left[0].id], {"until": 2})
    assert await seen(runtime) == sorted([TASK, MEMORY])
    await open_sync(runtime)
    records = await stored(runtime)
    assert sorted(record.text for record in records) == sorted([TASK, MEMORY])
    assert {record.metadata["until"] for record in records} == {0}


async def test_a_source_taken_out_leaves_an_empty_index(runtime: Runtime) -> None:
    sync = await open_sync(runtime)
    await sync.put("s", documents("s", [TASK]))
    await sync.remove("s")
    with pytest.raises(IndexEmptyError):
        await runtime.retriever.retrieve("What?", options_of(runtime.settings, {}), {})


async def test_one_lease_at_a_time(runtime: Runtime, settings: Settings) -> None:
    client = await runtime.index.client()
    async with lease(client, settings.collection):
        with pytest.raises(IndexBusyError, match="another ingest"):
            async with lease(client, settings.collection):
                pass
    async with lease(client, settings.collection):
        pass


async def test_the_lease_of_a_dead_process_is_taken_over(
    runtime: Runtime, settings: Settings
) -> None:
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        capture_output=True,
        text=True,
        check=True,
    )
    client = await runtime.index.client()
    holder = f"{dead.stdout.strip()}@{socket.gethostname()}"
    await client.create(f"{settings.collection}.ingest", {"holder": holder, "expires": 9e12})
    async with lease(client, settings.collection):
        pass


async def test_a_lease_of_another_machine_is_respected_until_it_runs_out(
    runtime: Runtime, settings: Settings
) -> None:
    client = await runtime.index.client()
    name = f"{settings.collection}.ingest"
    held = await client.create(name, {"holder": "1@elsewhere", "expires": 9e12})
    assert held is not None
    with pytest.raises(IndexBusyError, match="1@elsewhere"):
        async with lease(client, settings.collection):
            pass
    await client.set_metadata(held, {"holder": "1@elsewhere", "expires": 1.0})
    async with lease(client, settings.collection):
        pass
