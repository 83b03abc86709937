"""Rebuilding an index in tests, and what is in it then."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager

from ingest.recipe import configured
from rag_stream.index.client import ChromaClient
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


@asynccontextmanager
async def rebuilding(
    runtime: Runtime, client: ChromaClient | None = None, *, calibrates: bool = False
) -> AsyncIterator[Rebuild]:
    """A rebuild as the runtime's settings have it, alone with the index; finished at the end."""
    client, name = client or await runtime.index.client(), runtime.settings.collection
    recipe = configured(runtime.settings, runtime.embedder.fingerprint)
    async with lease(client, name):
        rebuild = await Rebuild.start(client, name, runtime.embedder, recipe, calibrates=calibrates)
        yield rebuild
        await rebuild.finish()


async def run(
    settings: Settings,
    sources: Mapping[str, Sequence[str]] | None = None,
    *,
    removed: Sequence[str] = (),
) -> Rebuild:
    async with aclosing(Runtime(settings)) as runtime, rebuilding(runtime) as rebuild:
        for source, texts in (sources or {}).items():
            await rebuild.put(source, documents(source, texts))
        for source in removed:
            await rebuild.remove(source)
    return rebuild


async def stored(settings: Settings) -> tuple[Recipe, dict[str, list[str]]]:
    """The recorded recipe, and the texts of every source in order."""
    async with aclosing(Runtime(settings)) as runtime:
        state = await runtime.index.snapshot()
        records = await (await runtime.index.client()).get(state.collection)
        recipe = Recipe.of(state.collection.metadata)
        assert recipe is not None
        found: dict[str, list[str]] = {}
        for record in sorted(records, key=lambda record: int(record.metadata["start_index"])):
            assert state.holds(record)
            found.setdefault(str(record.metadata["source"]), []).append(record.text)
        return recipe, found


async def best(settings: Settings) -> str:
    async with aclosing(RagChain(settings)) as chain:
        return str((await chain.ainvoke(QUESTION))["context"][0].page_content)
