"""What is found is read, each when its turn has come."""

import asyncio
from contextlib import aclosing
from pathlib import Path

import pytest

from ingest.sources.discover import WebSource, find_sources
from ingest.sources.parser import Parser
from ingest.sources.reader import Reader
from ingest.sources.sitemap import find_in_sitemap
from tests.support.readable import a_file
from tests.support.web_server import Answer, WebServer


async def test_what_find_sources_finds_can_be_read(tmp_path: Path, reader: Reader) -> None:
    for name in ("a.HTML", "b.htm", "c.MD", "d.txt"):
        a_file(tmp_path, name, b"<div class='post-content'>Words</div>")
    for source in find_sources(["."], base=tmp_path).sources:
        assert "Words" in (await reader.read(source)).page_content


async def test_a_sitemap_is_fetched_over_the_same_client(server: WebServer, reader: Reader) -> None:
    body = "<urlset><url><loc>/a</loc></url></urlset>"
    server.pages["/sitemap.xml"] = Answer(body, headers={"Content-Type": "application/xml"})
    async with aclosing(Parser()) as parser:
        url = server.url("/sitemap.xml")
        found = await find_in_sitemap(url, reader.fetch, parser.read_sitemap)
    assert [source.name for source in found.sources] == [server.url("/a")]


async def test_what_is_big_is_read_when_its_turn_has_come(
    tmp_path: Path, server: WebServer, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.sources.reader.READ_AHEAD_BYTES", 1_000)
    server.pages["/"] = Answer("word " * 1_000, headers={"Content-Type": "text/plain"})
    file = a_file(tmp_path, "big.txt", b"word " * 1_000)
    for source in (WebSource("the page", server.url()), file):
        turn = asyncio.Event()
        reading = asyncio.create_task(reader.read(source, turn))
        small = await reader.read(a_file(tmp_path, "small.txt", b"small"), turn)
        assert small.page_content == "small"
        done, _ = await asyncio.wait([reading], timeout=0.5)
        assert not done
        turn.set()
        assert len((await reading).page_content) == 5_000
