"""Every way a source can be bad, told by its name."""

import os
from pathlib import Path

import pytest

from ingest.sources.discover import FileSource, WebSource, find_sources
from ingest.sources.extracted import EmptyError
from ingest.sources.reader import Reader
from tests.support.readable import HTML, a_file, failure
from tests.support.web_server import Answer, WebServer


async def test_pages_that_stand_for_a_document_are_refused(
    server: WebServer, reader: Reader
) -> None:
    server.pages["/"] = Answer(
        "<title>Log in</title><main><h1>Log in</h1><form><input type=password></form>"
        "<p>Please log in with your account.</p></main>",
        headers=HTML,
    )
    assert await failure(reader, WebSource("the page", server.url())) == (
        "the page: a page that asks to sign in, no document"
    )


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


async def test_bad_files_are_told_by_name_and_reason(tmp_path: Path, reader: Reader) -> None:
    big = a_file(tmp_path, "big.txt", b"x" * 100_001)
    assert await failure(reader, big) == "big.txt: bigger than the limit of 100,000 bytes"
    empty = a_file(tmp_path, "empty.md", b"---\ntitle: Only this\n---\n \n")
    assert await failure(reader, empty) == "empty.md: no text found in it"
    with pytest.raises(EmptyError):
        await reader.read(empty)
    moved = b"<head><meta http-equiv=refresh content='0; url=../new/'></head>It has moved."
    stub = a_file(tmp_path, "stub.html", moved)
    assert await failure(reader, stub) == (
        "stub.html: a page that only leads on to another one, no document"
    )
    with pytest.raises(EmptyError):
        await reader.read(stub)
    binary = a_file(tmp_path, "binary.txt", b"\x7fELF\0\0\0")
    assert await failure(reader, binary) == "binary.txt: expected text, got bytes that are not text"
    gone = FileSource("gone.md", tmp_path / "gone.md")
    assert await failure(reader, gone) == "gone.md: does not exist"
    folder = FileSource("dir.md", tmp_path)
    assert await failure(reader, FileSource("dir.md", tmp_path / "x.md" / "y.md")) == (
        "dir.md: does not exist"
    )
    assert await failure(reader, folder) == "dir.md: cannot be read"


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
