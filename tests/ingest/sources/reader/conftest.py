"""A web server on the loopback, and a reader of its pages and of files."""

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing

import pytest

from ingest.sources.fetch import open_client
from ingest.sources.parser import Parser
from ingest.sources.reader import Reader
from tests.support.readable import LIMITS
from tests.support.web_server import WebServer


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
