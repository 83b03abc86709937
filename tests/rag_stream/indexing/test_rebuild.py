"""Embedding the index anew with another model, while the old one keeps answering."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from ingest.recipe import configured
from rag_stream.calibration.record import Calibration
from rag_stream.errors import (
    EmbeddingFailedError,
    EmbeddingMismatchError,
    IndexEmptyError,
    IndexUnavailableError,
)
from rag_stream.index.client import ChromaClient, Collection
from rag_stream.index.generation import describe
from rag_stream.indexing.lease import lease
from rag_stream.indexing.rebuild import Rebuild
from rag_stream.indexing.recipe import Recipe
from rag_stream.indexing.rename import Move
from rag_stream.indexing.swap import restore
from rag_stream.indexing.sync import Sync
from rag_stream.pipeline.runtime import Runtime
from rag_stream.runnable import RagChain
from rag_stream.settings import Settings
from tests.support.corpus import MEMORY, TASK, TEXTS, TOOLS, TREE, documents, fill
from tests.support.openai_server import OpenAIServer

QUESTION = {"input": "What is task decomposition?"}
OTHER = "openai:text-embedding-3-large"


def with_other_model(settings: Settings) -> Settings:
    return settings.model_copy(update={"embeddings": OTHER})


async def run(
    settings: Settings,
    sources: Mapping[str, Sequence[str]] | None = None,
    *,
    removed: Sequence[str] = (),
) -> Rebuild:
    runtime = Runtime(settings)
    try:
        client, embedder = await runtime.index.client(), runtime.embedder
        recipe = configured(settings, embedder.fingerprint)
        async with lease(client, settings.collection):
            rebuild = await Rebuild.start(client, settings.collection, embedder, recipe)
            for source, texts in (sources or {}).items():
                await rebuild.put(source, documents(source, texts))
            for source in removed:
                await rebuild.remove(source)
            await rebuild.finish()
            return rebuild
    finally:
        await runtime.aclose()


async def stored(settings: Settings) -> tuple[Recipe, dict[str, list[str]]]:
    """The recorded recipe, and the texts of every source in order."""
    runtime = Runtime(settings)
    try:
        state = await runtime.index.snapshot()
        records = await (await runtime.index.client()).get(state.collection)
        recipe = Recipe.of(state.collection.metadata)
        assert recipe is not None
        found: dict[str, list[str]] = {}
        for record in sorted(records, key=lambda record: int(record.metadata["start_index"])):
            assert state.holds(record)
            found.setdefault(str(record.metadata["source"]), []).append(record.text)
        return recipe, found
    finally:
        await runtime.aclose()


async def best(settings: Settings) -> str:
    chain = RagChain(settings)
    try:
        return str((await chain.ainvoke(QUESTION))["context"][0].page_content)
    finally:
        await chain.aclose()


async def test_after_a_rebuild_the_other_model_answers(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    await fill(settings)
    openai_server.script("text-embedding-3-large", dimension=512)
    other = with_other_model(settings)
    with pytest.raises(EmbeddingMismatchError):
        await best(other)
    assert (await run(other)).chunks == len(TEXTS)
    assert await best(other) == TASK
    with pytest.raises(EmbeddingMismatchError):
        await best(settings)
    await fill(other)  # and it can be written to


async def test_a_rebuild_that_fails_leaves_the_old_index(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    await fill(settings)
    openai_server.script("text-embedding-3-large", status=400)
    with pytest.raises(EmbeddingFailedError):
        await run(with_other_model(settings))
    assert await best(settings) == TASK


@pytest.mark.parametrize("done", ["old renamed", "both renamed"])
async def test_a_rebuild_that_dies_between_renames_is_finished(
    settings: Settings, done: str
) -> None:
    await fill(settings)
    runtime = Runtime(settings)
    try:
        client, name = await runtime.index.client(), settings.collection
        old = await client.find(name)
        assert old is not None
        await client.rename(old, f"{name}.old")
        if done == "both renamed":
            await client.create(f"{name}.new", {"generation": 0})  # not complete: not taken
        await restore(client, name)
        assert await best(settings) == TASK
    finally:
        await runtime.aclose()


async def test_between_the_renames_the_index_answers(settings: Settings) -> None:
    await fill(settings)
    runtime = Runtime(settings)
    try:
        client, name = await runtime.index.client(), settings.collection
        whole = await client.find(name)
        assert whole is not None
        await client.rename(whole, f"{name}.new")  # the old one has left its name
        snapshot = await runtime.index.snapshot()
        assert (snapshot.collection.id, snapshot.generation > 0) == (whole.id, True)
        assert await runtime.obstacles() == []
        await client.set_metadata(whole, {**whole.metadata, "generation": 0})  # not whole yet
        with pytest.raises(IndexEmptyError):
            await runtime.index.snapshot()
    finally:
        await runtime.aclose()


async def test_there_must_be_something_to_rebuild(settings: Settings) -> None:
    with pytest.raises(IndexEmptyError, match="ingest something first"):
        await run(settings)


async def test_alone_it_leaves_chunks_as_they_were_cut_and_says_so(settings: Settings) -> None:
    await fill(settings)
    reference = settings.model_copy(
        update={"profile": "reference", "chunk_size": 1_000, "chunk_overlap": 200}
    )
    assert (await run(reference)).made.cut.size == 300
    recipe, found = await stored(settings)
    assert found == {"notes.md": list(TEXTS)}
    assert (recipe.cut.chunker, recipe.cut.size, recipe.is_mixed) == ("sentences", 300, False)
    assert recipe.weights == ()


async def test_sources_that_are_handed_in_are_redone_and_others_kept(settings: Settings) -> None:
    await fill(settings, [TASK, TREE], source="a.md")
    await fill(settings, [MEMORY], source="b.md")
    await fill(settings, [TOOLS], source="c.md")
    wider = settings.model_copy(update={"chunk_size": 500})
    rebuild = await run(wider, {"a.md": [f"{TASK} {TREE}"]}, removed=["c.md"])
    assert rebuild.chunks == 2
    recipe, found = await stored(settings)
    assert found == {"a.md": [f"{TASK} {TREE}"], "b.md": [MEMORY]}
    assert (recipe.cut.size, recipe.is_mixed) == (500, True)
    await run(wider, {"a.md": [f"{TASK} {TREE}"], "b.md": [MEMORY]})
    recipe, _ = await stored(settings)
    assert (recipe.cut.size, recipe.is_mixed, recipe.dimension) == (500, False, 384)


async def test_what_is_handed_in_is_embedded_although_it_is_the_same(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    await fill(settings)
    before = len(openai_server.embeddings)
    runtime = Runtime(settings)
    try:
        client, name = await runtime.index.client(), settings.collection
        recipe = configured(settings, runtime.embedder.fingerprint)
        rebuild = await Rebuild.start(client, name, runtime.embedder, recipe)
        outcome = await rebuild.put("notes.md", documents("notes.md", TEXTS))
        assert (outcome.change, outcome.chunks, outcome.embedded) == ("unchanged", 5, 5)
        assert await rebuild.sources() == set()
        await rebuild.finish()
    finally:
        await runtime.aclose()
    assert len(openai_server.embeddings) == before + 1
    assert await best(settings) == TASK


async def test_the_new_index_is_calibrated_before_it_is_in_place(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    await fill(settings)
    other = with_other_model(settings)
    runtime = Runtime(other)
    try:
        client, recipe = (
            await runtime.index.client(),
            configured(other, runtime.embedder.fingerprint),
        )
        async with lease(client, other.collection):
            rebuild = await Rebuild.start(
                client, other.collection, runtime.embedder, recipe, calibrates=True
            )
            await rebuild.finish()
        state = await runtime.index.snapshot()
        found = Calibration.of(state.collection.metadata)
        assert found is not None
        assert (found.model, found.chunks) == (OTHER, len(TEXTS))
    finally:
        await runtime.aclose()


class Deaf(ChromaClient):
    """Of an index that answers everything but the everyday questions."""

    async def nearest(self, collection: Collection, vectors: Any) -> list[tuple[str, float]]:
        raise IndexUnavailableError("the index server does not answer")


async def test_a_rebuild_is_not_thrown_away_where_the_index_does_not_answer_them(
    settings: Settings,
) -> None:
    await fill(settings)
    assert settings.chroma_url is not None
    runtime = Runtime(with_other_model(settings))
    client = Deaf(
        settings.chroma_url,
        tenant=settings.chroma_tenant,
        database=settings.chroma_database,
        connect_timeout_s=settings.connect_timeout_s,
    )
    try:
        recipe = configured(settings, runtime.embedder.fingerprint)
        async with lease(client, settings.collection):
            rebuild = await Rebuild.start(
                client, settings.collection, runtime.embedder, recipe, calibrates=True
            )
            await rebuild.finish()
        state = await runtime.index.snapshot()
        assert state.embedding_model == OTHER
        assert Calibration.of(state.collection.metadata) is None
    finally:
        await client.aclose()
        await runtime.aclose()


async def test_a_rebuild_goes_on_where_the_questions_cannot_be_asked(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    await fill(settings)
    runtime = Runtime(with_other_model(settings))
    try:
        client, recipe = (
            await runtime.index.client(),
            configured(settings, runtime.embedder.fingerprint),
        )
        async with lease(client, settings.collection):
            rebuild = await Rebuild.start(
                client, settings.collection, runtime.embedder, recipe, calibrates=True
            )
            await rebuild.put("notes.md", documents("notes.md", TEXTS))
            openai_server.script(status=400)
            await rebuild.finish()
        state = await runtime.index.snapshot()
        assert state.embedding_model == OTHER
        assert Calibration.of(state.collection.metadata) is None
    finally:
        await runtime.aclose()


async def test_a_source_that_is_renamed_meanwhile_is_as_if_it_had_always_been_called_so(
    settings: Settings,
) -> None:
    new = settings.model_copy(update={"collection": f"{settings.collection}-fresh"})
    found = []
    for its, source in ((settings, "docs/index.md"), (new, "otter/a.md")):
        runtime = Runtime(its)
        try:
            client, embedder = await runtime.index.client(), runtime.embedder
            recipe = configured(its, embedder.fingerprint)
            sync = await Sync.open(runtime.index, its.collection, embedder, recipe)
            title = source.rpartition("/")[2]
            await sync.put(source, documents(source, TEXTS, title=title))
            async with lease(client, its.collection):
                rebuild = await Rebuild.start(client, its.collection, embedder, recipe)
                moves = {"docs/index.md": Move("otter/a.md")}
                assert await rebuild.rename(moves) == ([source] if source in moves else [])
                await rebuild.finish()
            state = await runtime.index.snapshot()
            records = await client.get(state.collection, vectors=True)
            found.append({record.id: record for record in records})
        finally:
            await runtime.aclose()
    renamed, fresh = found
    assert renamed.keys() == fresh.keys()
    for id, record in fresh.items():
        assert describe(renamed[id]) == describe(record)
        assert renamed[id].vector == pytest.approx(record.vector, abs=1e-4)
