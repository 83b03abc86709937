"""Fetching over real sockets on the loopback: what comes back, and why it may not."""

import asyncio
import gzip
import os
import socket
import ssl
import time
import zlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import repeat

import httpx
import pytest

from ingest.sources.fetch import Client, Fetched, Limits, fetch, open_client, reason
from ingest.sources.patience import Patience
from rag_stream.errors import SourceError
from tests.support.web_server import Answer, WebServer, redirect

HTML = {"Content-Type": "text/html; charset=utf-8"}
LIMITS = Limits(connect_seconds=5, total_seconds=10, max_bytes=100_000, max_redirects=3)
QUICK = replace(LIMITS, patience=Patience(first_pause=0.01))
REQUEST = httpx.Request("GET", "https://example.com/")


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer() as server:
        yield server


@pytest.fixture
async def client(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    async with open_client(LIMITS) as client:
        yield client


async def failure(client: httpx.AsyncClient, url: str, limits: Limits = LIMITS) -> str:
    with pytest.raises(SourceError) as caught:
        await fetch(client, url, limits=limits)
    message = str(caught.value)
    assert message.startswith(f"{url}: ")
    return message.removeprefix(f"{url}: ")


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


async def test_redirects_are_followed(server: WebServer, client: httpx.AsyncClient) -> None:
    server.pages |= {"/a": redirect("/b"), "/b": redirect("c"), "/c": Answer("here")}
    fetched = await fetch(client, server.url("/a"))
    assert (fetched.url, fetched.body) == (server.url("/c"), b"here")


async def test_gzip_is_unpacked(server: WebServer, client: httpx.AsyncClient) -> None:
    body = gzip.compress(b"packed")
    server.pages["/"] = Answer(body, headers=HTML | {"Content-Encoding": "gzip"})
    assert (await fetch(client, server.url())).body == b"packed"


async def test_no_content_type(server: WebServer, client: httpx.AsyncClient) -> None:
    server.pages["/"] = Answer("x", headers={})
    fetched = await fetch(client, server.url())
    assert (fetched.media_type, fetched.charset) == (None, None)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (404, "answered 404 Not Found"),
        (403, "answered 403 Forbidden"),
        (503, "answered 503 Service Unavailable"),
        (599, "answered 599"),
        (304, "answered 304 Not Modified"),
    ],
)
async def test_refusals(
    status: int, words: str, server: WebServer, client: httpx.AsyncClient
) -> None:
    server.pages["/"] = Answer("no", status=status)
    assert await failure(client, server.url()) == words


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


async def test_the_body_of_a_redirect_is_not_read(
    server: WebServer, client: httpx.AsyncClient
) -> None:
    endless = Answer(lambda: repeat(b"x" * 1000), status=302, headers={"Location": "/b"})
    server.pages |= {"/a": endless, "/b": Answer("here")}
    assert (await fetch(client, server.url("/a"), limits=LIMITS)).body == b"here"


async def test_cookies_go_along_a_redirect_and_do_not_pile_up(
    server: WebServer, client: httpx.AsyncClient
) -> None:
    server.pages |= {
        "/a": Answer(status=302, headers={"Location": "/b", "Set-Cookie": "seen=1"}),
        "/b": Answer("here"),
    }
    await fetch(client, server.url("/a"))
    assert server.requests[-1][1]["Cookie"] == "seen=1"
    for number in range(300):
        server.pages["/c"] = Answer("x", headers={"Set-Cookie": f"c{number}=1"})
        await fetch(client, server.url("/c"))
    assert len(client.cookies.jar) <= 100


async def test_redirects_in_a_circle(server: WebServer, client: httpx.AsyncClient) -> None:
    server.pages |= {"/a": redirect("/b"), "/b": redirect("/a")}
    assert await failure(client, server.url("/a")) == "more than 3 redirects"


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("file:///etc/passwd", "leads to an address that is not http or https"),
        ("ftp://127.0.0.1/", "leads to an address that is not http or https"),
    ],
)
async def test_redirects_to_where_it_does_not_go(
    location: str, words: str, server: WebServer, client: httpx.AsyncClient
) -> None:
    server.pages["/"] = redirect(location)
    assert await failure(client, server.url()) == words


async def test_a_redirect_to_a_port_that_does_not_exist(server: WebServer) -> None:
    server.pages["/"] = redirect("http://127.0.0.1:99999/")
    async with open_client(LIMITS, allow_private=True) as client:
        assert await failure(client, server.url()) == "could not be fetched"


async def test_nobody_listens(client: httpx.AsyncClient) -> None:
    with WebServer() as server:
        url = server.url()
    assert await failure(client, url) == "cannot connect: nothing accepts connections there"


async def test_tls_where_there_is_none(server: WebServer, client: httpx.AsyncClient) -> None:
    url = server.url().replace("http:", "https:")
    assert await failure(client, url) == "TLS error: no secure connection could be agreed on"


async def test_a_body_that_breaks_off(server: WebServer, client: httpx.AsyncClient) -> None:
    server.pages["/"] = Answer("short", headers=HTML | {"Content-Length": "1000"})
    words = await failure(client, server.url())
    assert words == "the connection broke off before the answer was complete"


async def test_damaged_gzip(server: WebServer, client: httpx.AsyncClient) -> None:
    server.pages["/"] = Answer("not gzip", headers=HTML | {"Content-Encoding": "gzip"})
    assert await failure(client, server.url()) == "the compressed answer is damaged"


async def test_no_web_address(client: httpx.AsyncClient) -> None:
    assert await failure(client, "http://[::1") == "not a usable web address"


async def test_a_source_is_called_by_its_name(server: WebServer, client: httpx.AsyncClient) -> None:
    url = server.url("/x").replace("//", "//user:secret@")
    with pytest.raises(SourceError) as caught:
        await fetch(client, url, name="the name")
    assert str(caught.value) == "the name: answered 404 Not Found"


def connect_error(cause: Exception) -> httpx.ConnectError:
    error = httpx.ConnectError("internal words", request=REQUEST)
    error.__cause__ = OSError("more internal words")
    error.__cause__.__context__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (httpx.ConnectTimeout("x"), "no connection within 10 s"),
        (
            connect_error(ssl.SSLCertVerificationError(1, "x")),
            "TLS error: the certificate could not be verified",
        ),
        (httpx.ProxyError("x"), "the proxy refused the connection"),
        (httpx.LocalProtocolError("x"), "could not be fetched"),
    ],
)
def test_reasons_that_need_the_outside_world(error: Exception, words: str) -> None:
    assert reason(error) == words


def test_an_unknown_host() -> None:
    error = connect_error(socket.gaierror(-2, "x"))
    assert reason(error) == "cannot connect: no host named 'example.com' is known"


def busy(status: int = 429, **headers: str) -> Answer:
    return Answer(
        "busy", status=status, headers={n.replace("_", "-"): v for n, v in headers.items()}
    )


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
async def test_what_passes_is_asked_for_again(
    status: int, server: WebServer, client: httpx.AsyncClient
) -> None:
    server.pages["/"] = [busy(status), busy(status), Answer("here")]
    assert (await fetch(client, server.url(), limits=QUICK)).body == b"here"
    assert server.asked_for("/") == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 501])
async def test_what_stays_is_not(status: int, server: WebServer, client: httpx.AsyncClient) -> None:
    server.pages["/"] = [busy(status), Answer("here")]
    assert (await failure(client, server.url(), QUICK)).startswith(f"answered {status}")
    assert server.asked_for("/") == 1


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("form", ["seconds", "date"])
async def test_a_retry_after_is_waited_for(
    status: int, form: str, server: WebServer, client: httpx.AsyncClient
) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=2)
    wanted = "1" if form == "seconds" else format_datetime(moment, usegmt=True)
    server.pages |= {"/": [busy(status, Retry_After=wanted), Answer("here")], "/b": Answer("too")}
    before = asyncio.get_running_loop().time()
    fetched = await asyncio.gather(*(fetch(client, server.url(path)) for path in ("/", "/b")))
    assert [one.body for one in fetched] == [b"here", b"too"]
    assert server.asked_for("/") == 2
    if form == "seconds":
        assert asyncio.get_running_loop().time() - before >= 1


async def test_meanwhile_nothing_else_is_asked_of_that_host(
    server: WebServer, client: Client
) -> None:
    server.pages |= {"/": [busy(Retry_After="1"), Answer("here")], "/b": Answer("too")}
    first = asyncio.create_task(fetch(client, server.url()))
    host = client.hosts["127.0.0.1", httpx.URL(server.url()).port or 0]
    while not host.not_before:  # noqa: ASYNC110 - the server tells
        await asyncio.sleep(0.01)
    second = asyncio.create_task(fetch(client, server.url("/b")))
    await asyncio.wait({second}, timeout=0.2)
    assert server.asked_for("/b") == 0
    assert [one.body for one in await asyncio.gather(first, second)] == [b"here", b"too"]


@pytest.mark.parametrize("status", [429, 503])
async def test_an_hour_is_not_waited_for_but_told(
    status: int, server: WebServer, client: httpx.AsyncClient
) -> None:
    server.pages |= {"/": [busy(status, Retry_After="3600"), Answer("here")], "/b": Answer("too")}
    words = await failure(client, server.url())
    assert words.startswith(f"answered {status}")
    assert words.endswith(", to come back in 3600 s")
    assert server.asked_for("/") == 1
    assert (await fetch(client, server.url("/b"))).body == b"too"


async def test_it_is_not_asked_for_ever(server: WebServer, client: httpx.AsyncClient) -> None:
    for number in range(6):
        server.pages[f"/{number}"] = busy(500)
        words = await failure(client, server.url(f"/{number}"), QUICK)
        assert words == "answered 500 Internal Server Error"
    asked = [server.asked_for(f"/{number}") for number in range(6)]
    assert asked == [4, 4, 4, 1, 1, 1]  # by then it is known not to help
    server.pages |= {"/well": Answer("here"), "/": [busy(), Answer("again")]}
    assert (await fetch(client, server.url("/well"), limits=QUICK)).body == b"here"
    assert (await fetch(client, server.url(), limits=QUICK)).body == b"again"


CUT = "the connection broke off before the answer was complete"


async def test_a_body_that_was_cut_is_no_document(
    server: WebServer, client: httpx.AsyncClient
) -> None:
    short = Answer("short", headers=HTML | {"Content-Length": "1000"})
    server.pages["/"] = [short, Answer("the whole")]
    assert (await fetch(client, server.url(), limits=QUICK)).body == b"the whole"
    server.pages["/"] = short
    assert await failure(client, server.url(), QUICK) == CUT


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


async def test_a_connection_that_is_reset_is_made_again(client: httpx.AsyncClient) -> None:
    asked = 0

    async def resets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        await reader.readuntil(b"\r\n\r\n")
        if asked < 3:
            writer.transport.abort()
            return
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nhere")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(resets, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        fetched = await fetch(client, f"http://127.0.0.1:{port}/", limits=QUICK)
    assert (fetched.body, asked) == (b"here", 3)


async def test_two_requests_at_a_time_go_to_one_host(
    server: WebServer, client: httpx.AsyncClient
) -> None:
    def slowly() -> Iterator[bytes]:
        time.sleep(0.05)
        yield b"words"

    server.pages |= {f"/{number}": Answer(slowly) for number in range(10)}
    server.pages |= {f"/to/{number}": redirect(f"/{number}") for number in range(10)}
    urls = [server.url(f"/to/{number}") for number in range(10)]
    # More in all than the limit of one: waiting for a turn takes none of it.
    fetched = await asyncio.gather(*(fetch(client, url) for url in urls))
    assert [one.body for one in fetched] == [b"words"] * 10
    assert server.most_at_once == 2
