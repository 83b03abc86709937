"""How near chunks are to a question, by the vectors that the index has of them."""

import asyncio
import math
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from rag_stream.errors import IndexMovedError
from rag_stream.index.client import ChromaClient, Collection
from rag_stream.index.likeness import Likeness, cosines
from rag_stream.settings import Settings
from tests.support.corpus import fill
from tests.support.retrieval import QUESTION, opened


async def test_they_are_the_cosines_that_a_search_gives(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(settings)
    async with opened(settings) as runtime:
        snapshot = await runtime.index.snapshot()
        vector = await runtime.embedder.embed_question(QUESTION)
        records = await runtime.index.search(snapshot, vector, 10)
        ids = [record.id for record in records]
        likeness = Likeness(runtime.index)
        found = await likeness.cosines(snapshot, vector, [*ids, "nobody"])
        asked: list[str] = []
        vectors = ChromaClient.vectors

        async def noted(self: ChromaClient, collection: Collection, ids: Sequence[str]) -> Any:
            asked.extend(ids)
            return await vectors(self, collection, ids)

        monkeypatch.setattr(ChromaClient, "vectors", noted)
        again = await likeness.cosines(snapshot, (5 * np.asarray(vector)).tolist(), ids)
        assert asked == []  # each vector is asked for once
        await Likeness(runtime.index).cosines(snapshot, vector, ids)
        assert asked == ids
    assert found == pytest.approx({record.id: 1 - record.distance for record in records}, abs=1e-4)
    assert again == pytest.approx(found)  # whatever the length of the question's vector


async def test_nothing_is_asked_where_there_is_nothing_to_ask(settings: Settings) -> None:
    await fill(settings)
    async with opened(settings) as runtime:
        snapshot = await runtime.index.snapshot()
        assert await Likeness(runtime.index).cosines(snapshot, [1.0], []) == {}


async def test_a_collection_that_has_gone_is_an_index_that_has_moved(settings: Settings) -> None:
    await fill(settings)
    async with opened(settings) as runtime:
        snapshot = await runtime.index.snapshot()
        await (await runtime.index.client()).drop(settings.collection)
        with pytest.raises(IndexMovedError):
            await Likeness(runtime.index).cosines(snapshot, [1.0], ["id"])


@pytest.mark.parametrize("width", [1, 384, 3_072])
def test_cosines_are_those_of_each_vector_by_itself(width: int) -> None:
    numbers = np.random.default_rng(width).normal(size=(51, width))
    asked, *vectors = numbers * np.linspace(0.001, 1_000, 51)[:, None]
    expected = [
        math.fsum(asked * one) / math.sqrt(math.fsum(asked**2) * math.fsum(one**2))
        for one in vectors
    ]
    found = cosines([one.astype("<f4") for one in vectors], asked.tolist())
    assert found == pytest.approx(expected, abs=1e-5)
    assert all(type(one) is float for one in found)


def test_what_has_no_length_is_near_nothing() -> None:
    zero, one = np.zeros(3, "<f4"), np.ones(3, "<f4")
    assert cosines([zero, one], [1.0, 1.0, 1.0]) == pytest.approx([0.0, 1.0])
    assert cosines([zero, one], [0.0, 0.0, 0.0]) == [0.0, 0.0]
    assert cosines([], [1.0]) == []


async def test_it_is_loaded_before_the_first_question(settings: Settings) -> None:
    """In another process, as this one has everything."""
    code = (
        "import asyncio, os, sys\n"
        "from rag_stream.pipeline.runtime import Runtime\n"
        "from rag_stream.settings import load_settings\n"
        "async def load():\n"
        "    runtime = Runtime(load_settings(openai_api_key='k', chroma_path=sys.argv[1]))\n"
        "    assert 'numpy' not in sys.modules\n"
        "    await runtime.load()\n"
        "    assert 'numpy' in sys.modules\n"
        "    await runtime.aclose()\n"
        "asyncio.run(load())"
    )
    command = [sys.executable, "-c", code, str(settings.chroma_path)]
    await asyncio.to_thread(subprocess.run, command, check=True)
