"""The everyday questions are asked of the new index before it is in place."""

from typing import Any

from ingest.recipe import configured
from rag_stream.calibration.record import Calibration
from rag_stream.errors import (
    IndexUnavailableError,
)
from rag_stream.index.client import ChromaClient, Collection
from rag_stream.indexing.lease import lease
from rag_stream.indexing.rebuild import Rebuild
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.corpus import TEXTS, documents, fill
from tests.support.openai_server import OpenAIServer
from tests.support.rebuilt import OTHER, with_other_model


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
