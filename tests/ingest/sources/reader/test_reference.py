"""A page reads as with the reference program's loader."""

import warnings
from contextlib import aclosing

import pytest
from langchain_core.documents import Document

from ingest.sources.discover import FileSource, WebSource
from ingest.sources.fetch import open_client
from ingest.sources.parser import Parser
from ingest.sources.reader import Reader
from tests.support.paths import DATA
from tests.support.readable import HTML, LIMITS, read_page
from tests.support.web_server import Answer, WebServer


def load_as_the_reference_program_does(url: str, monkeypatch: pytest.MonkeyPatch) -> Document:
    monkeypatch.setenv("USER_AGENT", "test")  # the loader warns without it
    with warnings.catch_warnings():
        # The whole package announces its end; here it is only what we compare with.
        warnings.filterwarnings("ignore", "`langchain-community`", DeprecationWarning)
        from langchain_community.document_loaders import WebBaseLoader
    from bs4.filter import SoupStrainer  # what bs4.SoupStrainer is

    loader = WebBaseLoader(
        web_paths=(url,),
        bs_kwargs={
            "parse_only": SoupStrainer(class_=("post-content", "post-title", "post-header"))
        },
    )
    with loader.session:
        (document,) = loader.load()
    return document


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("headers", [HTML, {"Content-Type": "text/html"}])
async def test_a_page_reads_character_for_character_as_with_the_reference_loader(
    line_end: str,
    headers: dict[str, str],
    server: WebServer,
    reader: Reader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = (DATA / "agent_page.html").read_text(encoding="utf-8").replace("\n", line_end)
    server.pages["/posts/agent/"] = Answer(page, headers=headers)
    url = server.url("/posts/agent/")

    document = await reader.read(WebSource(url, url))
    expected = load_as_the_reference_program_does(url, monkeypatch)

    assert document.page_content == expected.page_content
    assert document.metadata["source"] == expected.metadata["source"] == url
    assert document.metadata["title"] == "Agents in a Lighthouse"


async def test_a_file_reads_like_the_page(server: WebServer, reader: Reader) -> None:
    path = DATA / "agent_page.html"
    page = await read_page(reader, server, Answer(path.read_bytes(), headers=HTML))
    file = await reader.read(FileSource("agent_page.html", path))
    assert file.page_content == page.page_content
    assert file.metadata == {"source": "agent_page.html", "title": "Agents in a Lighthouse"}


async def test_named_classes(server: WebServer) -> None:
    server.pages["/"] = Answer("<p class=a>one</p><p class=post-content>two</p>")
    async with open_client(LIMITS) as client, aclosing(Parser()) as parser:
        reader = Reader(client, parser, ["a"], LIMITS)
        assert (await reader.read(WebSource("n", server.url()))).page_content == "one"
