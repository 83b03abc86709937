"""Documents to chunks that know exactly where they were cut out, and what stood above them."""

from bisect import bisect_right
from itertools import count
from typing import Final, NamedTuple, Protocol

from langchain_core.documents import Document

from ingest.chunking.packing import pack
from rag_stream.text.headings import Outline
from rag_stream.text.language import LANGUAGE, language_in
from rag_stream.text.leads import Leads
from rag_stream.text.tables import columns_text, tables

# Every code point from here up is a character to `str` and none of them is a blank.
_FIRST_STAND_IN = 0x10000
_STAND_INS = 0x110000 - _FIRST_STAND_IN


class Chunker(NamedTuple):
    """What cuts texts, as an index records it.

    Its version is raised whenever it cuts any text otherwise than before.
    """

    name: str
    version: int


SENTENCES: Final = Chunker("sentences", 4)
RECURSIVE: Final = Chunker("recursive", 1)


class ChunkSettings(Protocol):
    """The part of `Settings` that splitting needs.

    In weights (`rag_stream.text.weight`); in characters as they are in the reference profile.
    """

    @property
    def profile(self) -> str: ...

    @property
    def chunk_size(self) -> int: ...

    @property
    def chunk_overlap(self) -> int: ...


def chunker_of(profile: str) -> Chunker:
    """What a profile cuts texts with."""
    return RECURSIVE if profile == "reference" else SENTENCES


def split(document: Document, settings: ChunkSettings) -> list[Document]:
    """The chunks of `document`, verbatim, with its metadata and `start_index`.

    Whole sentences, with their `section`, the path of headings above them, the names of the
    `columns` of the table they are of or begin with, and the `lead`, how their paragraph begins,
    where there are any; and with the document's `language`, where that is clear. In the
    reference profile what `RecursiveCharacterTextSplitter` cuts, and nothing more.
    """
    text, size, overlap = document.page_content, settings.chunk_size, settings.chunk_overlap
    if chunker_of(settings.profile) == RECURSIVE:
        return [_chunk(document, *span) for span in _cut_as_reference(text, size, overlap)]
    outline, columns, leads = Outline(text), _Columns(text), Leads(text)
    language = language_in(text) or ""
    return [
        _chunk(
            document,
            start,
            end,
            section=outline.section(start, end),
            columns=columns(start, end),
            lead=leads(start, end),
            **{LANGUAGE: language},
        )
        for start, end in pack(text, size, overlap)
    ]


def _chunk(document: Document, start: int, end: int, **known: str) -> Document:
    labels = {key: value for key, value in known.items() if value}
    metadata = {**document.metadata, "start_index": start, **labels}
    return Document(document.page_content[start:end], metadata=metadata)


class _Columns:
    """What the columns are called of the first table of a part of a text."""

    def __init__(self, text: str) -> None:
        self._tables = tables(text)
        self._starts = [table.start for table in self._tables]
        self._names: dict[int, str] = {}  # of the tables asked for so far

    def __call__(self, start: int, end: int) -> str:
        at = max(0, bisect_right(self._starts, start) - 1)
        for table in self._tables[at : at + 2]:
            if table.start < end and table.end > start:
                if table.start not in self._names:
                    self._names[table.start] = columns_text(table.columns)
                return self._names[table.start]
        return ""


def _cut_as_reference(text: str, size: int, overlap: int) -> list[tuple[int, int]]:
    # Imported here: it is slow to import, and `--help` does not need it.
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=size, chunk_overlap=overlap)
    # The splitter's own add_start_index searches for the chunk's text and so finds an
    # earlier copy of it where text repeats. It only ever looks at blanks and lengths,
    # so we let it cut a text of the same shape in which no neighbourhood repeats.
    shape = _shape(text)
    ranges, start = [], 0
    for piece in splitter.split_text(shape):
        # Never backwards; and far fewer characters ahead than there are stand-ins.
        start = shape.index(piece, start)
        ranges.append((start, start + len(piece)))
    return ranges


def _shape(text: str) -> str:
    """`text` with its blanks, every other character replaced by a running number."""
    numbers = count()
    return "".join(
        char if char.isspace() else chr(_FIRST_STAND_IN + next(numbers) % _STAND_INS)
        for char in text
    )
