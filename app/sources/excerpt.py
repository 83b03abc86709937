"""The text around a chunk, put together from the chunks beside it. Pure."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from rag_stream.index.client import Record
from rag_stream.index.documents import Around

Span = tuple[int, int]


class Mark(NamedTuple):
    """A chunk of that id, and where it is in a text."""

    id: str
    start: int
    end: int


class Excerpt(NamedTuple):
    """A part of a document.

    `text[chunk[0] : chunk[1]]` is the chunk; `quote` is in it, None where nothing was quoted.
    `marks`: all chunks that the text holds word for word, in order; they may overlap.
    """

    text: str
    chunk: Span
    quote: Span | None
    marks: Sequence[Mark] = ()


def excerpt(around: Around, quoted: Span | None = None) -> Excerpt:
    """The part of the document; `quoted`: from where to where in the chunk's own text."""
    chunk = around.chunk
    written: list[str] = []
    length = end = 0  # of what is written; where that ends in the document
    place = 0
    marks: list[Mark] = []
    for record in around.records:
        start = _start(record, end)
        if written and start > end:
            gap = _gap(written[-1], record.text, start - end)
            written.append(gap)
            length += len(gap)
        overlap = max(0, end - start) if written else 0
        begin = max(0, length - overlap)
        marks.append(Mark(record.id, begin, begin + len(record.text)))
        if record.id == chunk.id:
            place = begin
            # Whole, whatever others said of the same place: it is what is shown.
            text = "".join(written)
            rest = text[place + len(chunk.text) :]
            written = [text[:place] + chunk.text + rest]
            length, end = len(written[0]), max(end, start + len(chunk.text))
            continue
        if overlap < len(record.text):
            written.append(record.text[overlap:])
            length += len(record.text) - overlap
            end = start + len(record.text)
    span = (place, place + len(chunk.text))
    quote = None if quoted is None else (place + quoted[0], place + quoted[1])
    whole, texts = "".join(written), {record.id: record.text for record in around.records}
    held = [mark for mark in marks if whole[mark.start : mark.end] == texts[mark.id]]
    return Excerpt(whole, span, quote, held)


def parts(found: Excerpt) -> Sequence[Span]:
    """Where its text changes: before, the chunk up to the quote, the quote, the rest, after."""
    start, end = found.chunk
    marks = [0, start, *(found.quote or (start, start)), end, len(found.text)]
    return list(pairwise(marks))


def _start(record: Record, end: int) -> int:
    start = record.metadata.get("start_index")
    return start if isinstance(start, int) else end + 2  # of another program's index


def _gap(before: str, after: str, width: int) -> str:
    """The blanks between two chunks, which nobody has kept."""
    if width > 1:
        return "\n\n"
    is_one_paragraph = before.endswith((".", "!", "?", '"', ")")) and after[:1].isalpha()
    return " " if is_one_paragraph else "\n"
