"""What stands in the index, in one number."""

import random

from rag_stream.index.client import Record
from rag_stream.indexing.diff import Chunk, chunks_of
from rag_stream.indexing.tally import Tally
from rag_stream.pipeline.runtime import Runtime
from tests.support.corpus import TEXTS, documents
from tests.support.synced_index import open_sync, stored

CHUNKS = [
    Chunk("1", "one", {"source": "a.md", "start_index": 0, "title": "A"}),
    Chunk("2", "two", {"source": "a.md", "start_index": 5, "title": "A"}),
]


def test_it_is_of_the_chunks_and_their_labels_in_any_order() -> None:
    whole = Tally.of(CHUNKS)
    assert str(whole).startswith("2-")
    assert Tally.of(reversed(CHUNKS)) == whole
    other = {**CHUNKS[0].metadata, "title": "B"}
    further = {**CHUNKS[0].metadata, "section": "A > B"}
    lists = [
        [],
        CHUNKS[:1],
        CHUNKS[1:],
        [*CHUNKS, CHUNKS[0]],
        [CHUNKS[0], Chunk("3", "two", CHUNKS[1].metadata)],
        [Chunk("1", "one", other), CHUNKS[1]],
        [Chunk("1", "one", further), CHUNKS[1]],
        [Chunk("1", "one", CHUNKS[1].metadata), Chunk("2", "two", CHUNKS[0].metadata)],
    ]
    tallies = [str(Tally.of(chunks)) for chunks in lists]
    assert len({*tallies, str(whole)}) == len(lists) + 1


def test_when_a_chunk_came_in_does_not_count() -> None:
    tally = Tally()
    for chunk in CHUNKS:
        tally.add(Record(chunk.id, "", {**chunk.metadata, "since": 4, "until": 0, "labelled": 9}))
    assert tally == Tally.of(CHUNKS)


async def test_what_was_put_into_an_index_stands_there(runtime: Runtime) -> None:
    sync = await open_sync(runtime)
    put = documents("a.md", TEXTS, title="Ärger \U0001f40b")
    await sync.put("a.md", put)
    records = await stored(runtime)
    random.Random(1).shuffle(records)
    tally = Tally()
    for record in records:
        tally.add(record)
    assert tally == Tally.of(chunks_of(put))
    assert tally.chunks == len(TEXTS)
