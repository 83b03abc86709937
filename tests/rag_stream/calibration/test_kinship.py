"""How near chunks are to each other, in a real collection with vectors that are given."""

from collections.abc import AsyncIterator, Sequence
from uuid import uuid4

import numpy as np
import pytest

from rag_stream.calibration.kinship import kinship
from rag_stream.index.client import ChromaClient, Collection, Record
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings

CODE = "app = FastAPI()\n\n@app.get('/')\nasync def root(): return {'message': 'Hello World'}"


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[ChromaClient]:
    runtime = Runtime(settings)
    yield await runtime.index.client()
    await runtime.aclose()


async def filled(client: ChromaClient, records: Sequence[Record]) -> Collection:
    collection = await client.create(f"kin-{uuid4().hex}", {"dimension": 3})
    assert collection is not None
    await client.upsert(collection, records)
    return collection


def record(number: int, text: str, angle: float, **metadata: str | int) -> Record:
    vector = np.array([np.cos(angle), np.sin(angle), 0.0], dtype=np.float32)
    return Record(f"{number}", text, metadata, 0.0, vector)


async def test_a_chunk_is_in_the_language_that_is_recorded_with_it(client: ChromaClient) -> None:
    sources = (("de", "a"), ("de", "b"), ("tlh", "c"))
    records = [
        record(number, CODE, number / 100, source=source, language=language)
        for number, (language, source) in enumerate(sources)
    ]
    records.append(record(9, CODE, 0.5, source="d"))
    # What nobody asks everyday questions in, and what says nothing, is looked at.
    assert (await kinship(client, await filled(client, records))).chunks == {"de": 2, "en": 2}


@pytest.mark.parametrize(
    ("sentence", "is_beside"), [("The pump is oiled. ", True), ("水泵需要加油保养。", False)]
)
async def test_what_is_beside_a_chunk_is_so_in_what_it_says(
    client: ChromaClient, sentence: str, is_beside: bool
) -> None:
    # Pairs of chunks, nearly the same, 1,500 characters apart, each pair in a source of its own.
    records = [
        record(
            2 * pair + at, sentence * 9, pair + at / 100, source=f"{pair}", start_index=1500 * at
        )
        for pair in range(12)
        for at, place in enumerate((0, 1_500))
    ]
    found = await kinship(client, await filled(client, records))
    (near,) = found.near.values()
    assert (min(near) > 0.999) != is_beside
