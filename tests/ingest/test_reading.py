"""A run reads ahead, in order, and no source ends it."""

import asyncio
from pathlib import Path
from typing import cast

from langchain_core.documents import Document

from ingest.reading import READ_AT_ONCE, chunks_of, read_all
from ingest.sources.discover import FileSource, Source
from ingest.sources.reader import Reader
from rag_stream.errors import SourceError

SOURCES = [FileSource(f"{number}.md", Path(f"{number}.md")) for number in range(20)]


class Readers:
    """Reads nothing: some sources at once, some when their turn has come, some fail."""

    async def read(self, source: Source, turn: asyncio.Event) -> Document:
        number = int(source.name.partition(".")[0])
        if number % 3 == 1:
            await turn.wait()
        if number % 5 == 2:
            raise SourceError(f"{source.name}: bad")
        if number % 5 == 4:
            raise RuntimeError("a parser's own words\x1b")
        return Document(source.name)


async def test_sources_come_in_order_whatever_each_waits_for_or_raises() -> None:
    reader = cast(Reader, Readers())
    told = [(s.name, d) async for s, d in read_all(reader, SOURCES)]
    assert len(told) == 20 > READ_AT_ONCE
    for number, (name, document) in enumerate(told):
        assert name == f"{number}.md"
        if number % 5 == 2:
            assert str(document) == f"{name}: bad"
        elif number % 5 == 4:
            assert isinstance(document, SourceError)
            assert str(document) == f"{name}: could not be read (RuntimeError)"
        else:
            assert isinstance(document, Document)


async def test_a_text_that_cannot_be_cut_fails_alone_and_in_our_own_words() -> None:
    def split(document: Document) -> list[Document]:
        if "bad" in document.page_content:
            raise RecursionError("a splitter's own words\x1b")
        return [document]

    source, good = SOURCES[0], Document("good")
    assert await chunks_of(source, good, split) == [good]
    broken = await chunks_of(source, Document("bad"), split)
    assert isinstance(broken, SourceError)
    assert str(broken) == "0.md: could not be read (RecursionError)"
    unread = SourceError("0.md: bad")
    assert await chunks_of(source, unread, split) is unread
