"""An index that may be cut anew: its sources, its recipe, and whether its vectors are of that."""

import asyncio
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from rag_stream.indexing.recipe import Recipe
from rag_stream.indexing.smoothing import Smoother, places
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings

LONG = " ".join(f"Sentence {number} tells of the number {number * 7}." for number in range(60))
REFERENCE = {"RAG_PROFILE": "reference"}
WIDER = {"RAG_CHUNK_SIZE": "500"}
ALL = ("long.txt", "other.txt", "short.txt")

Command = Callable[..., "subprocess.CompletedProcess[str]"]


def events(done: "subprocess.CompletedProcess[str]") -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


async def _index(settings: Settings) -> tuple[dict[str, Any], dict[str, list[str]], bool]:
    """The metadata, each source's texts in order, and whether all vectors are of that recipe."""
    runtime = Runtime(settings)
    try:
        state = await runtime.index.snapshot()
        recipe = Recipe.of(state.collection.metadata)
        assert recipe is not None
        client = await runtime.index.client()
        records = await client.get(state.collection, vectors=True)
        records.sort(key=lambda record: int(record.metadata["start_index"]))
        texts: dict[str, list[str]] = {}
        labels: dict[tuple[str, str], Any] = {}
        for record in records:
            texts.setdefault(str(record.metadata["source"]), []).append(record.text)
            labels[str(record.metadata["source"]), record.text] = record.metadata
        expected = {}
        for source, row in texts.items():
            smoother = Smoother(runtime.embedder, recipe.weights, recipe.headings)
            told = [labels[source, text] for text in row]
            around, paths = zip(*places(row, told, recipe.weights, recipe.headings), strict=True)
            vectors = await smoother.vectors(around, paths)
            expected.update({(source, text): v for text, v in zip(row, vectors, strict=True)})
        is_true = all(
            np.allclose(
                record.vector, expected[str(record.metadata["source"]), record.text], atol=1e-4
            )
            for record in records
        )
        return dict(state.collection.metadata), texts, is_true
    finally:
        await runtime.aclose()


def index(settings: Settings) -> tuple[dict[str, Any], dict[str, list[str]], bool]:
    return asyncio.run(_index(settings))


def write(folder: Path) -> None:
    (folder / "long.txt").write_text(LONG)
    (folder / "short.txt").write_text("A short note.")
    (folder / "other.txt").write_text(LONG.replace("Sentence", "Paragraph"))
