"""The documents of an index, and what is around a chunk, from a real Chroma server."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from rag_stream.errors import IndexEmptyError
from rag_stream.index.documents import Listed, around, first_chunks
from rag_stream.index.generation import INGESTED, ingested_now
from rag_stream.index.neighbours import in_order
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.corpus import TEXTS, fill
from tests.support.synced_index import stored


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    runtime = Runtime(settings)
    yield runtime
    await runtime.aclose()


async def named(runtime: Runtime) -> list[tuple[str, int]]:
    return [(listed.source, listed.chunks) for listed in await runtime.documents.all()]


async def test_documents_are_listed_once_a_generation(settings: Settings, runtime: Runtime) -> None:
    with pytest.raises(IndexEmptyError):
        await runtime.documents.all()
    await fill(settings)
    await fill(settings, TEXTS[:2], source="a.md")
    first, again = await asyncio.gather(runtime.documents.all(), runtime.documents.all())
    assert first is again
    assert await named(runtime) == [("a.md", 2), ("notes.md", 5)]
    chunks = in_order(one for one in await stored(runtime) if one.metadata["source"] == "a.md")
    assert first[0].first == chunks[0].id
    assert first[0].title == "Notes"
    assert not {"since", "until", "lead", "root", "ingested"} & set(first[0].metadata)


async def test_the_list_follows_the_index(settings: Settings, runtime: Runtime) -> None:
    await fill(settings)
    assert await named(runtime) == [("notes.md", 5)]
    await fill(settings, TEXTS[:1])
    # While the index goes on changing it is made anew now and then only.
    runtime.documents._next = float("inf")
    assert await named(runtime) == [("notes.md", 5)]
    assert not runtime.documents.is_of(await runtime.index.snapshot())
    runtime.documents._next = 0.0
    assert await named(runtime) == [("notes.md", 1)]
    assert runtime.documents.is_of(await runtime.index.snapshot())


async def test_a_chunk_is_shown_among_its_neighbours(settings: Settings, runtime: Runtime) -> None:
    await fill(settings)
    await fill(settings, ["Another document."], source="other.md")
    ids = [
        record.id
        for record in in_order(await stored(runtime))
        if record.metadata["source"] == "notes.md"
    ]
    whole = await around(runtime.index, ids[2], 10_000)
    assert whole is not None
    assert [record.text for record in whole.records] == list(TEXTS)
    assert (whole.number, whole.count, whole.before, whole.after) == (3, 5, None, None)

    part = await around(runtime.index, ids[2], 100)
    assert part is not None
    shown = [record.id for record in part.records]
    first, last = ids.index(shown[0]), ids.index(shown[-1])
    assert ids[2] in shown
    assert shown == ids[first : last + 1]
    assert len(shown) < 5
    assert part.before == ids[first - 1]
    assert part.after == ids[last + 1]
    assert await around(runtime.index, "nobody's", 100) is None


async def test_what_is_no_more_is_not_shown(settings: Settings, runtime: Runtime) -> None:
    await fill(settings)
    [*_, gone] = await stored(runtime)
    await fill(settings, [text for text in TEXTS if text != gone.text])
    assert await around(runtime.index, gone.id, 100) is None


def test_a_document_without_a_title_has_none() -> None:
    assert Listed("a", 1, "id", {}).title == ""


async def test_a_document_was_ingested_when_a_part_of_it_last_was(
    settings: Settings, runtime: Runtime
) -> None:
    before = ingested_now()
    await fill(settings)
    client, snapshot = await runtime.index.client(), await runtime.index.snapshot()
    ids = [record.id for record in await first_chunks(runtime.index, "notes.md", 10)]
    assert len(ids) == len(TEXTS)
    # As though all but one had been there since long ago, and that since no time that is known.
    await client.update_metadata(snapshot.collection, ids[2:], {INGESTED: "2020-01-01T00:00:00Z"})
    await client.update_metadata(snapshot.collection, ids[1:2], {INGESTED: None})  # type: ignore[dict-item]
    [notes] = await runtime.documents.all()
    assert notes.ingested is not None
    assert before <= notes.ingested <= ingested_now()
    assert len(await first_chunks(runtime.index, "notes.md", 2)) == 2
    assert await first_chunks(runtime.index, "other.md", 2) == []
