"""Reading sources: the reference program's text, and every way a source can be bad."""

import asyncio
import os
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path

import pytest
from langchain_core.documents import Document

from ingest.sources.discover import FileSource, Source, WebSource, find_sources
from ingest.sources.fetch import Limits, open_client
from ingest.sources.parser import Parser
from ingest.sources.reader import Reader
from ingest.sources.sitemap import find_in_sitemap
from rag_stream.errors import SourceError
from tests.support.paths import DATA
from tests.support.web_server import Answer, WebServer

HTML = {"Content-Type": "text/html; charset=utf-8"}
LIMITS = Limits(total_seconds=20, max_bytes=100_000)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer() as server:
        yield server


@pytest.fixture
async def reader() -> AsyncIterator[Reader]:
    async with open_client(LIMITS) as client, aclosing(Parser()) as parser:
        yield Reader(client, parser, limits=LIMITS)


async def read_page(reader: Reader, server: WebServer, answer: Answer, path: str = "/") -> Document:
    server.pages[path] = answer
    return await reader.read(WebSource("the page", server.url(path)))


async def failure(reader: Reader, source: Source) -> str:
    with pytest.raises(SourceError) as caught:
        await reader.read(source)
    return str(caught.value)


def a_file(folder: Path, name: str, body: bytes) -> FileSource:
    (folder / name).write_bytes(body)
    return FileSource(name, folder / name)


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


@pytest.mark.parametrize(
    ("charset", "declared", "meta"),
    [
        ("utf-8", "utf-8", ""),
        ("utf-8", "iso-8859-1", ""),
        ("utf-8", None, "iso-8859-1"),
        ("cp1252", "iso-8859-1", ""),
        ("cp1252", None, "windows-1252"),
        ("cp1252", "windows-1252", "utf-8"),
        ("utf-16", None, ""),
    ],
)
async def test_pages_in_other_encodings(
    charset: str, declared: str | None, meta: str, server: WebServer, reader: Reader
) -> None:
    page = f"<meta charset='{meta}'><div class='post-content'>“Größe” à la carte</div>"
    headers = {"Content-Type": f"text/html; charset={declared}" if declared else "text/html"}
    document = await read_page(reader, server, Answer(page.encode(charset), headers=headers))
    assert document.page_content == "“Größe” à la carte"


@pytest.mark.parametrize(
    ("path", "media_type", "text"),
    [
        ("/a", "text/markdown", "# T\n\n<b>"),
        ("/a.md", "text/plain; charset=utf-8", "# T\n\n<b>"),
        ("/a.md?raw=1", "application/octet-stream", "# T\n\n<b>"),
        ("/a", "text/plain", "T\n\n<b>"),
        ("/a.txt", None, "T\n\n<b>"),
    ],
)
async def test_markdown_and_plain_text_from_the_web(
    path: str, media_type: str | None, text: str, server: WebServer, reader: Reader
) -> None:
    headers = {"Content-Type": media_type} if media_type else {}
    document = await read_page(reader, server, Answer(text, headers=headers), path)
    assert document.page_content == text
    assert document.metadata == {"source": "the page", "title": "T"}


async def test_a_page_without_any_title_is_called_by_its_address(
    server: WebServer, reader: Reader
) -> None:
    document = await read_page(reader, server, Answer("<div class=post-content>Text</div>"))
    assert document.metadata["title"] == "the page"


async def test_a_file_without_any_title_is_called_by_its_file_name(
    tmp_path: Path, reader: Reader
) -> None:
    (tmp_path / "sub").mkdir()
    source = a_file(tmp_path, "sub/notes.md", b"No heading.")
    assert (await reader.read(source)).metadata == {"source": "sub/notes.md", "title": "notes.md"}


async def test_a_byte_order_mark_is_no_text(tmp_path: Path, reader: Reader) -> None:
    source = a_file(tmp_path, "a.md", b"\xef\xbb\xbf# T\n\nText")
    assert (await reader.read(source)).page_content == "# T\n\nText"


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


async def test_bad_pages_are_told_by_name_and_reason(server: WebServer, reader: Reader) -> None:
    async def told(answer: Answer) -> str:
        server.pages["/"] = answer
        return await failure(reader, WebSource("the page", server.url()))

    assert await told(Answer(status=404)) == "the page: answered 404 Not Found"
    assert await told(Answer(b"\x89PNG", headers={"Content-Type": "image/png"})) == (
        "the page: expected a web page or text, got content type 'image/png'"
    )
    binary = Answer(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", headers=HTML)
    assert await told(binary) == "the page: expected text, got bytes that are not text"
    assert await told(Answer("<html><body><script>draw()</script></body></html>")) == (
        "the page: no text found in it (a page that scripts draw has none)"
    )
    assert await told(Answer("")) == (
        "the page: no text found in it (a page that scripts draw has none)"
    )
    assert await told(Answer("x" * 100_001)) == "the page: bigger than the limit of 100,000 bytes"


async def test_bad_files_are_told_by_name_and_reason(
    tmp_path: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = a_file(tmp_path, "big.txt", b"x" * 100_001)
    assert await failure(reader, big) == "big.txt: bigger than the limit of 100,000 bytes"
    empty = a_file(tmp_path, "empty.md", b"---\ntitle: Only this\n---\n \n")
    assert await failure(reader, empty) == "empty.md: no text found in it"
    binary = a_file(tmp_path, "binary.txt", b"\x7fELF\0\0\0")
    assert await failure(reader, binary) == "binary.txt: expected text, got bytes that are not text"
    gone = FileSource("gone.md", tmp_path / "gone.md")
    assert await failure(reader, gone) == "gone.md: does not exist"
    folder = FileSource("dir.md", tmp_path)
    assert await failure(reader, FileSource("dir.md", tmp_path / "x.md" / "y.md")) == (
        "dir.md: does not exist"
    )
    monkeypatch.setattr("ingest.sources.reader._KIND_BY_SUFFIX", {folder.path.suffix: "plain"})
    assert await failure(reader, folder) == "dir.md: cannot be read"


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


async def test_a_file_that_became_a_link_out_of_its_folder_is_not_read(
    tmp_path: Path, reader: Reader
) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "secret.md").write_text("secret")
    (tmp_path / "docs/a.md").write_text("text")
    (source,) = find_sources(["docs"], base=tmp_path).sources
    (tmp_path / "docs/a.md").unlink()
    (tmp_path / "docs/a.md").symlink_to("../secret.md")
    assert await failure(reader, source) == "docs/a.md: leads out of the folder by now"


async def test_a_file_that_became_a_pipe_is_not_waited_for(tmp_path: Path, reader: Reader) -> None:
    os.mkfifo(tmp_path / "a.md")
    source = FileSource("a.md", tmp_path / "a.md")
    assert await failure(reader, source) == "a.md: no regular file"


async def test_a_name_that_is_not_utf_8_is_a_title_that_is(tmp_path: Path, reader: Reader) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.md")).write_text("No heading.")
    (source,) = find_sources(["."], base=tmp_path).sources
    document = await reader.read(source)
    assert document.metadata == {"source": r"caf\xe9.md", "title": r"caf\xe9.md"}


async def test_a_file_without_permission(
    tmp_path: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = a_file(tmp_path, "a.md", b"text")
    really = os.open

    def refuse(path: os.PathLike[str] | str, flags: int, mode: int = 0o777) -> int:
        if path == source.path:  # permission bits do not stop root
            raise PermissionError(13, "Permission denied", str(path))
        return really(path, flags, mode)

    monkeypatch.setattr(os, "open", refuse)
    assert await failure(reader, source) == "a.md: no permission to read it"


async def test_what_is_to_be_said_of_a_source_names_it(
    tmp_path: Path, server: WebServer, reader: Reader
) -> None:
    told: list[str] = []
    reader.tell = told.append
    doubtful = "Perch\u00e9 non \u00e8 possibi".encode("cp850")
    file = await reader.read(a_file(tmp_path, "short.txt", doubtful))
    assert file.page_content.startswith("Perch")
    text = "Le café ferme, à cette heure-là, très tard."
    headers = {"Content-Type": "text/html;charset=utf-8"}
    body = f"<html><body><p>{text}</p></body></html>"
    server.pages["/"] = Answer(body.encode("cp1252"), headers=headers)
    page = await reader.read(WebSource("the page", server.url()))
    assert text in page.page_content
    assert told[0].startswith("short.txt: its encoding is not said; read as ")
    assert ", but it might be " in told[0]
    assert told[1].startswith("the page: it is not in utf-8, as it says; read as cp1252")
    assert len(told) == 2
