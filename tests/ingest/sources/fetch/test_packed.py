"""Bodies that are packed: unpacked in bounds, refused where they cannot be."""

import gzip
import os
import zlib
from collections.abc import Iterator
from itertools import repeat

import httpx
import pytest

from ingest.sources.fetch import fetch
from tests.support.fetched import HTML, LIMITS, QUICK, failure
from tests.support.web_server import Answer, WebServer


async def test_gzip_is_unpacked(server: WebServer, client: httpx.AsyncClient) -> None:
    body = gzip.compress(b"packed")
    server.pages["/"] = Answer(body, headers=HTML | {"Content-Encoding": "gzip"})
    assert (await fetch(client, server.url())).body == b"packed"


async def test_a_small_body_that_unpacks_to_a_big_one(
    server: WebServer, client: httpx.AsyncClient
) -> None:
    body = gzip.compress(bytes(10_000_000))
    server.pages["/"] = Answer(body, headers=HTML | {"Content-Encoding": "gzip"})
    assert "bigger than the limit" in await failure(client, server.url())


@pytest.mark.parametrize("coding", ["utf-8", "UTF-8", "none", "aws-chunked", "identity", "8bit"])
async def test_what_packs_nothing_is_no_reason_to_refuse(
    coding: str, server: WebServer, client: httpx.AsyncClient
) -> None:
    server.pages["/"] = Answer("plain", headers=HTML | {"Content-Encoding": coding})
    assert (await fetch(client, server.url())).body == b"plain"


@pytest.mark.parametrize("coding", ["aws-chunked,gzip", "GZIP, utf-8", "none , x-gzip"])
async def test_beside_what_packs_nothing_the_packed_is_unpacked(
    coding: str, server: WebServer, client: httpx.AsyncClient
) -> None:
    body = gzip.compress(b"packed")
    server.pages["/"] = Answer(body, headers=HTML | {"Content-Encoding": coding})
    assert (await fetch(client, server.url())).body == b"packed"


@pytest.mark.parametrize(
    "coding",
    [
        *("zstd", "br", "compress", "x-compress", "gzip, gzip", "gzip, zstd", "deflate,deflate"),
        "aws-chunked, br",
    ],
)
async def test_what_cannot_be_unpacked_in_bounds_is_refused_by_name(
    coding: str, server: WebServer, client: httpx.AsyncClient
) -> None:
    server.pages["/"] = Answer(b"\x28\xb5\x2f\xfd", headers=HTML | {"Content-Encoding": coding})
    words = await failure(client, server.url())
    assert words == f"expected content encoding gzip, deflate or none, got {coding!r}"


async def test_a_body_that_unpacks_to_nothing_for_ever_ends(
    server: WebServer, client: httpx.AsyncClient
) -> None:
    start = gzip.compress(b"")[:10]
    empty_blocks = b"\x00\x00\x00\xff\xff" * 2_000

    def body() -> Iterator[bytes]:
        yield start
        yield from repeat(empty_blocks)

    server.pages["/"] = Answer(body, headers=HTML | {"Content-Encoding": "gzip"})
    assert await failure(client, server.url()) == "bigger than the limit of 100,000 bytes"


async def test_what_follows_the_packed_body_is_not_waited_for(
    server: WebServer, client: httpx.AsyncClient
) -> None:
    def body() -> Iterator[bytes]:
        yield gzip.compress(b"packed")
        yield from repeat(b"rubbish" * 100)

    server.pages["/"] = Answer(body, headers=HTML | {"Content-Encoding": "gzip"})
    assert (await fetch(client, server.url(), limits=LIMITS)).body == b"packed"


async def test_damaged_gzip(server: WebServer, client: httpx.AsyncClient) -> None:
    server.pages["/"] = Answer("not gzip", headers=HTML | {"Content-Encoding": "gzip"})
    assert await failure(client, server.url()) == "the compressed answer is damaged"


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
@pytest.mark.parametrize("kept", [1, 12, 200, -9, -1])
async def test_what_is_unpacked_by_half_is_no_document(
    coding: str, kept: int, server: WebServer, client: httpx.AsyncClient
) -> None:
    text = os.urandom(500)
    body = gzip.compress(text) if coding == "gzip" else zlib.compress(text)
    headers = HTML | {"Content-Encoding": coding}
    server.pages["/"] = [Answer(body[:kept], headers=headers), Answer(body, headers=headers)]
    assert (await fetch(client, server.url(), limits=QUICK)).body == text
    server.pages["/"] = Answer(body[:kept], headers=headers)
    words = await failure(client, server.url(), QUICK)
    assert words == "the compressed answer ends in the middle"


async def test_an_empty_body_that_says_it_is_packed_is_empty(
    server: WebServer, client: httpx.AsyncClient
) -> None:
    server.pages["/"] = Answer(b"", headers=HTML | {"Content-Encoding": "gzip"})
    assert (await fetch(client, server.url())).body == b""
