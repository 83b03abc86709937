"""The everyday questions' vectors in a real Chroma server, between one process and another."""

from collections.abc import AsyncIterator

import numpy as np
import pytest

from rag_stream.calibration.everyday import everyday
from rag_stream.calibration.everydayness import Everydayness
from rag_stream.calibration.kept import keep, name_of
from rag_stream.calibration.kept_loads import Kept
from rag_stream.index.reader import IndexReader
from rag_stream.settings import Settings

MODEL = "openai:text-embedding-3-small"
COUNT = sum(map(len, everyday().values()))
VECTORS = np.random.default_rng(5).standard_normal((COUNT, 4)).astype(np.float32)
ASKED = [0.5, -0.25, 0.125, 1.0]


@pytest.fixture
async def index(settings: Settings) -> AsyncIterator[IndexReader]:
    index = IndexReader(settings)
    yield index
    await index.aclose()


async def test_what_one_has_put_there_another_reads(index: IndexReader, settings: Settings) -> None:
    assert await Kept(index).everydayness(MODEL, ASKED) is None
    await keep(await index.client(), MODEL, VECTORS)
    told = Everydayness(VECTORS).of(ASKED)
    other = IndexReader(settings)
    try:
        kept = Kept(other)
        await kept.load(MODEL, 4)
        assert await kept.everydayness(MODEL, ASKED) == pytest.approx(told, abs=1e-5)
    finally:
        await other.aclose()
    # Once read, they are asked of nobody any more; twice put, they are there once.
    await keep(await index.client(), MODEL, VECTORS)
    kept = Kept(index)
    await kept.load(MODEL, 4)
    await (await index.client()).drop(name_of(MODEL, 4))
    assert await kept.everydayness(MODEL, ASKED) == pytest.approx(told, abs=1e-5)
    assert await Kept(index).everydayness(MODEL, ASKED) is None


async def test_each_model_and_length_has_its_own(index: IndexReader) -> None:
    client = await index.client()
    await keep(client, MODEL, VECTORS)
    await keep(client, MODEL, VECTORS[:, :3])
    kept = Kept(index)
    assert await kept.everydayness("another", ASKED) is None
    shorter = await kept.everydayness(MODEL, ASKED[:3])
    assert shorter == pytest.approx(Everydayness(VECTORS[:, :3]).of(ASKED[:3]), abs=1e-5)
    for name in (name_of(MODEL, 4), name_of(MODEL, 3)):
        collection = await client.find(name)
        assert collection is not None
        assert await client.count(collection) == COUNT


async def test_what_is_half_put_there_is_not_used(index: IndexReader) -> None:
    client = await index.client()
    await keep(client, MODEL, VECTORS)
    collection = await client.find(name_of(MODEL, 4))
    assert collection is not None
    await client.delete(collection, ["7"])
    assert await Kept(index).everydayness(MODEL, ASKED) is None
