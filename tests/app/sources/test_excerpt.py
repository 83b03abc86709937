"""A part of a document, put together from its chunks."""

from app.sources.excerpt import excerpt, parts
from rag_stream.index.client import Record
from rag_stream.index.documents import Around

DOCUMENT = "# Title\n\nOne is here. Two is there.\n- three\n- four\n\nThe end of it."


def a_chunk(start: int, end: int) -> Record:
    return Record(f"{start}-{end}", DOCUMENT[start:end], {"start_index": start})


def around(chunk: Record, *records: Record) -> Around:
    return Around(chunk, list(records), 1, len(records), None, None)


def spans_of(*words: str) -> list[Record]:
    """Chunks with these texts, where the document has them."""
    return [a_chunk(DOCUMENT.index(word), DOCUMENT.index(word) + len(word)) for word in words]


def test_chunks_that_stand_apart_are_joined_by_the_blanks_that_were_there() -> None:
    row = spans_of(
        "# Title", "One is here.", "Two is there.", "- three", "- four", "The end of it."
    )
    for chunk in row:
        found = excerpt(around(chunk, *row))
        assert found.text == DOCUMENT
        start, end = found.chunk
        assert found.text[start:end] == chunk.text
        assert [found.text[start:end] for _, start, end in found.marks] == [r.text for r in row]


def test_chunks_that_overlap_are_told_once() -> None:
    row = [a_chunk(0, 25), a_chunk(15, 40), a_chunk(20, 30), a_chunk(35, len(DOCUMENT))]
    for chunk in row:
        found = excerpt(around(chunk, *row), (2, 5))
        assert found.text == DOCUMENT
        start, end = found.chunk
        assert found.text[start:end] == chunk.text
        assert found.quote is not None
        assert found.text[slice(*found.quote)] == chunk.text[2:5]
        assert "".join(found.text[slice(*part)] for part in parts(found)) == DOCUMENT
        assert [found.text[start:end] for _, start, end in found.marks] == [r.text for r in row]
        assert [mark.id for mark in found.marks] == [record.id for record in row]


def test_a_chunk_that_is_not_there_word_for_word_is_not_marked() -> None:
    shown, other = a_chunk(0, 25), Record("other", "Nothing of it.", {"start_index": 8})
    assert [mark.id for mark in excerpt(around(shown, shown, other)).marks] == ["0-25"]


def test_chunks_that_do_not_say_where_they_begin_follow_one_another() -> None:
    one, two = Record("1", "One.", {}), Record("2", "Two.", {})
    found = excerpt(around(two, one, two))
    assert found.text == "One.\n\nTwo."
    assert found.text[slice(*found.chunk)] == "Two."
    assert parts(found) == [(0, 6), (6, 6), (6, 6), (6, 10), (10, 10)]
