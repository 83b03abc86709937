"""Embedding the index anew with another model, while the old one keeps answering."""

from contextlib import aclosing

import pytest

from rag_stream.errors import EmbeddingFailedError, EmbeddingMismatchError, IndexEmptyError
from rag_stream.indexing.swap import restore
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.corpus import TASK, TEXTS, fill
from tests.support.openai_server import OpenAIServer
from tests.support.rebuilt import best, run, with_other_model


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
        await best(settings.model_copy(update={"embeddings": settings.embeddings_name}))
    assert await best(settings) == TASK  # where none is set it is the index's
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
    async with aclosing(Runtime(settings)) as runtime:
        client, name = await runtime.index.client(), settings.collection
        old = await client.find(name)
        assert old is not None
        await client.rename(old, f"{name}.old")
        if done == "both renamed":
            await client.create(f"{name}.new", {"generation": 0})  # not complete: not taken
        await restore(client, name)
        assert await best(settings) == TASK


async def test_between_the_renames_the_index_answers(settings: Settings) -> None:
    await fill(settings)
    async with aclosing(Runtime(settings)) as runtime:
        client, name = await runtime.index.client(), settings.collection
        whole = await client.find(name)
        assert whole is not None
        await client.rename(whole, f"{name}.new")  # the old one has left its name
        snapshot = await runtime.index.snapshot()
        assert (snapshot.collection.id, snapshot.generation > 0) == (whole.id, True)
        assert await runtime.readiness.obstacles() == []
        await client.set_metadata(whole, {**whole.metadata, "generation": 0})  # not whole yet
        with pytest.raises(IndexEmptyError):
            await runtime.index.snapshot()


async def test_there_must_be_something_to_rebuild(settings: Settings) -> None:
    with pytest.raises(IndexEmptyError, match="ingest something first"):
        await run(settings)
