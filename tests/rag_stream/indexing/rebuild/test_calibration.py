"""The everyday questions are asked of the new index before it is in place."""

from contextlib import aclosing
from typing import Any

from rag_stream.calibration.record import Calibration
from rag_stream.errors import IndexUnavailableError
from rag_stream.index.client import ChromaClient, Collection
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.corpus import TEXTS, documents, fill
from tests.support.openai_server import OpenAIServer
from tests.support.rebuilt import OTHER, rebuilding, with_other_model


async def test_the_new_index_is_calibrated_before_it_is_in_place(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    await fill(settings)
    async with aclosing(Runtime(with_other_model(settings))) as runtime:
        async with rebuilding(runtime, calibrates=True):
            pass
        state = await runtime.index.snapshot()
        found = Calibration.of(state.collection.metadata)
        assert found is not None
        assert (found.model, found.chunks) == (OTHER, len(TEXTS))


class Deaf(ChromaClient):
    """Of an index that answers everything but the everyday questions."""

    async def reaches(
        self, collection: Collection, vectors: Any, n: int
    ) -> list[tuple[float, float]]:
        raise IndexUnavailableError("the index server does not answer")


def deaf(settings: Settings) -> Deaf:
    assert settings.chroma_url is not None
    return Deaf(
        settings.chroma_url,
        tenant=settings.chroma_tenant,
        database=settings.chroma_database,
        connect_timeout_s=settings.connect_timeout_s,
    )


async def assert_made_without_calibration(runtime: Runtime) -> None:
    state = await runtime.index.snapshot()
    assert state.embedding_model == OTHER
    assert Calibration.of(state.collection.metadata) is None


async def test_a_rebuild_is_not_thrown_away_where_the_index_does_not_answer_them(
    settings: Settings,
) -> None:
    await fill(settings)
    async with (
        aclosing(Runtime(with_other_model(settings))) as runtime,
        aclosing(deaf(settings)) as client,
    ):
        async with rebuilding(runtime, client, calibrates=True):
            pass
        await assert_made_without_calibration(runtime)


async def test_a_rebuild_goes_on_where_the_questions_cannot_be_asked(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    await fill(settings)
    async with aclosing(Runtime(with_other_model(settings))) as runtime:
        async with rebuilding(runtime, calibrates=True) as rebuild:
            await rebuild.put("notes.md", documents("notes.md", TEXTS))
            openai_server.script(status=400)
        await assert_made_without_calibration(runtime)
