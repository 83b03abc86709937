"""Embedding the index anew with another model, while the old one keeps answering."""

import pytest

from rag_stream.errors import EmbeddingFailedError, EmbeddingMismatchError, IndexEmptyError
from rag_stream.indexing.lease import lease
from rag_stream.indexing.rebuild import rebuild, restore
from rag_stream.pipeline.runtime import Runtime
from rag_stream.runnable import RagChain
from rag_stream.settings import Settings
from tests.support.corpus import TASK, TEXTS, fill
from tests.support.openai_server import OpenAIServer

QUESTION = {"input": "What is task decomposition?"}
OTHER = "openai:text-embedding-3-large"


def with_other_model(settings: Settings) -> Settings:
    return settings.model_copy(update={"embeddings": OTHER})


async def run(settings: Settings) -> int:
    runtime = Runtime(settings)
    try:
        client = await runtime.index.client()
        async with lease(client, settings.collection):
            return await rebuild(client, settings.collection, runtime.embedder)
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
    assert await run(other) == len(TEXTS)
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


async def test_there_must_be_something_to_rebuild(settings: Settings) -> None:
    with pytest.raises(IndexEmptyError, match="ingest something first"):
        await run(settings)
