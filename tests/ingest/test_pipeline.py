"""A run reads ahead, in order, and no source ends it."""

import asyncio
from pathlib import Path
from typing import cast

import pytest
from langchain_core.documents import Document

from ingest.pipeline import READ_AT_ONCE, _calibrate, _cut, _left_out, _read_all
from ingest.report import Report
from ingest.sources.discover import FileSource, Source
from ingest.sources.reader import Reader
from rag_stream.errors import SourceError
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.corpus import fill
from tests.support.gateway import Gateway

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
    told = [(s.name, d) async for s, d in _read_all(reader, SOURCES)]
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
    def cut(document: Document) -> list[Document]:
        if "bad" in document.page_content:
            raise RecursionError("a splitter's own words\x1b")
        return [document]

    source, good = SOURCES[0], Document("good")
    assert await _cut(source, good, cut) == [good]
    broken = await _cut(source, Document("bad"), cut)
    assert isinstance(broken, SourceError)
    assert str(broken) == "0.md: could not be read (RecursionError)"
    unread = SourceError("0.md: bad")
    assert await _cut(source, unread, cut) is unread


def test_many_links_are_told_in_few_lines() -> None:
    told = _left_out(tuple(f"docs/{number}.md" for number in range(1_000)))
    assert len(told) == 51
    assert told[0] == "docs/0.md: leads out of the folder, left out without --follow-links"
    assert told[-1] == "and 950 more links that lead out of their folder"


async def test_an_index_that_fails_the_calibration_leaves_it_to_the_next_run(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    await fill(settings)
    assert settings.chroma_url is not None
    with Gateway(int(settings.chroma_url.rpartition(":")[2])) as gateway:
        runtime = Runtime(settings.model_copy(update={"chroma_url": gateway.url}))
        try:
            await runtime.index.snapshot()
            gateway.become("fail")
            await _calibrate(runtime, Report(1, as_json=False))
            assert "the everyday questions were not asked" in "".join(capsys.readouterr())
            gateway.become("through")
            await _calibrate(runtime, Report(1, as_json=False))
            assert "not asked" not in "".join(capsys.readouterr())
            assert await runtime.without_abstention() is None
        finally:
            await runtime.aclose()
