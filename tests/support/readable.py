"""Sources to be read, and what is said of one that cannot be."""

from pathlib import Path

import pytest
from langchain_core.documents import Document

from ingest.sources.discover import FileSource, Source, WebSource
from ingest.sources.fetch import Limits
from ingest.sources.reader import Reader
from rag_stream.errors import SourceError
from tests.support.web_server import Answer, WebServer

HTML = {"Content-Type": "text/html; charset=utf-8"}
LIMITS = Limits(total_seconds=20, max_bytes=100_000)


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
