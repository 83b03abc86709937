"""Rebuilding an index in tests, and what is in it then."""

from collections.abc import Mapping, Sequence

from ingest.recipe import configured
from rag_stream.indexing.lease import lease
from rag_stream.indexing.rebuild import Rebuild
from rag_stream.indexing.recipe import Recipe
from rag_stream.pipeline.runtime import Runtime
from rag_stream.runnable import RagChain
from rag_stream.settings import Settings
from tests.support.corpus import documents

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
