"""A web server on the loopback, and a client that may ask it."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from ingest.sources.fetch import open_client
from tests.support.fetched import LIMITS
from tests.support.web_server import WebServer


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer() as server:
        yield server


@pytest.fixture
async def client(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    async with open_client(LIMITS) as client:
        yield client
