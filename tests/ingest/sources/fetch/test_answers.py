"""Fetching over real sockets on the loopback: what comes back, and within which limits."""

from itertools import repeat

import httpx
import pytest

from ingest.sources.fetch import Fetched, Limits, fetch
from rag_stream.errors import SourceError
from tests.support.fetched import failure
from tests.support.web_server import Answer, WebServer


async def test_the_body_and_what_the_server_says_of_it(
    server: WebServer, client: httpx.AsyncClient
) -> None:
    server.pages["/a"] = Answer("<p>é</p>", headers={"Content-Type": "Text/HTML; Charset=UTF-8"})
    assert await fetch(client, server.url("/a")) == Fetched(
        server.url("/a"), "<p>é</p>".encode(), "text/html", "utf-8"
    )


async def test_it_says_who_it_is(server: WebServer, client: httpx.AsyncClient) -> None:
    server.pages["/"] = Answer("x")
    await fetch(client, server.url())
    (_, headers) = server.requests[0]
    assert headers["User-Agent"].startswith("rag-stream-ingest/")
    assert headers["Accept-Encoding"] == "gzip, deflate"


async def test_no_content_type(server: WebServer, client: httpx.AsyncClient) -> None:
    server.pages["/"] = Answer("x", headers={})
    fetched = await fetch(client, server.url())
    assert (fetched.media_type, fetched.charset) == (None, None)


async def test_a_server_that_never_answers(server: WebServer, client: httpx.AsyncClient) -> None:
    server.pages["/"] = Answer(silent=True)
    limits = Limits(total_seconds=0.2)
    assert await failure(client, server.url(), limits) == "no answer within 0.2 s"


async def test_a_body_that_is_slower_than_the_limit(
    server: WebServer, client: httpx.AsyncClient
) -> None:
    # It keeps sending, so only the limit on the whole can end it.
    server.pages["/"] = Answer(lambda: repeat(b"."))
    limits = Limits(total_seconds=0.2, max_bytes=10**12)
    assert await failure(client, server.url(), limits) == "no answer within 0.2 s"


async def test_an_endless_body(server: WebServer, client: httpx.AsyncClient) -> None:
    server.pages["/"] = Answer(lambda: repeat(b"x" * 1000))
    assert await failure(client, server.url()) == "bigger than the limit of 100,000 bytes"


async def test_a_source_is_called_by_its_name(server: WebServer, client: httpx.AsyncClient) -> None:
    url = server.url("/x").replace("//", "//user:secret@")
    with pytest.raises(SourceError) as caught:
        await fetch(client, url, name="the name")
    assert str(caught.value) == "the name: answered 404 Not Found"
