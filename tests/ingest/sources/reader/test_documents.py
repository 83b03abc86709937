"""Documents of every kind and encoding, with what they are called."""

import os
from pathlib import Path

import pytest

from ingest.sources.discover import WebSource, find_sources
from ingest.sources.reader import Reader
from tests.support.readable import a_file, read_page
from tests.support.web_server import Answer, WebServer


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
        ("/a", "text/markdown", "# T\n\n\\<b>"),
        ("/a.md", "text/plain; charset=utf-8", "# T\n\n\\<b>"),
        ("/a.md?raw=1", "application/octet-stream", "# T\n\n\\<b>"),
        ("/a", "text/plain", "T\n\n<b>"),
        ("/a.txt", None, "T\n\n<b>"),
    ],
)
async def test_markdown_and_plain_text_from_the_web(
    path: str, media_type: str | None, text: str, server: WebServer, reader: Reader
) -> None:
    headers = {"Content-Type": media_type} if media_type else {}
    document = await read_page(reader, server, Answer(text, headers=headers), path)
    assert document.page_content == text.replace("\\", "")
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


async def test_what_a_document_says_of_itself_is_known(tmp_path: Path, reader: Reader) -> None:
    body = b"---\ntitle: Roofs\ndescription: How to mend one\ntags: [a, b]\n---\nText"
    document = await reader.read(a_file(tmp_path, "a.md", body))
    assert document.page_content == "Text"
    assert document.metadata == {
        "source": "a.md",
        "title": "Roofs",
        "description": "How to mend one",
        "tags": "a, b",
    }


async def test_every_kind_is_read(tmp_path: Path, reader: Reader) -> None:
    cell = '{"cells": [{"cell_type": "markdown", "source": ["# Lamps"]}], "metadata": {}}'
    for name, body in {
        "a.mdx": "import A from './a'\n\n# Lamps",
        "a.MARKDOWN": "Lamps\n=====",
        "a.rst": "Lamps\n=====",
        "a.org": "* Lamps",
        "a.ipynb": cell,
        "a.xhtml": "<html><title>Lamps</title><body><p>Lamps</p></body></html>",
        "a.text": "Lamps",
        "a.adoc": "Lamps",  # what --include brings in
    }.items():
        document = await reader.read(a_file(tmp_path, name, body.encode()))
        assert document.page_content.lstrip("# ").strip() == "Lamps"
        assert document.metadata["title"] in ("Lamps", name)


async def test_a_file_that_includes_others_is_remembered(tmp_path: Path, reader: Reader) -> None:
    await reader.read(a_file(tmp_path, "a.md", b'Text\n\n--8<-- "b.md"\n'))
    await reader.read(a_file(tmp_path, "c.md", b"Text"))
    assert reader.includes == {"a.md": ("b.md",)}


async def test_a_byte_order_mark_is_no_text(tmp_path: Path, reader: Reader) -> None:
    source = a_file(tmp_path, "a.md", b"\xef\xbb\xbf# T\n\nText")
    assert (await reader.read(source)).page_content == "# T\n\nText"


async def test_a_name_that_is_not_utf_8_is_a_title_that_is(tmp_path: Path, reader: Reader) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.md")).write_text("No heading.")
    (source,) = find_sources(["."], base=tmp_path).sources
    document = await reader.read(source)
    assert document.metadata == {"source": r"caf\xe9.md", "title": r"caf\xe9.md"}


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
