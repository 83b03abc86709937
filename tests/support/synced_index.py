"""An index that is written to and looked at from below: what it holds, seen or not."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from ingest.recipe import configured
from rag_stream.errors import IndexMovedError
from rag_stream.index.client import Record
from rag_stream.indexing.recipe import Headings, Recipe
from rag_stream.indexing.smoothing import WEIGHTS
from rag_stream.indexing.sync import Sync
from rag_stream.pipeline.runtime import Runtime
from tests.support.openai_server import OpenAIServer


async def open_sync(
    runtime: Runtime,
    weights: tuple[float, ...] = WEIGHTS,
    headings: Headings | None = None,
    **cut: Any,
) -> Sync:
    """Vectors lean on no headings unless these are given: most tests count what is embedded."""
    recipe = configured(runtime.settings, runtime.embedder.fingerprint)
    recipe = replace(recipe, weights=weights, headings=headings, cut=replace(recipe.cut, **cut))
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
