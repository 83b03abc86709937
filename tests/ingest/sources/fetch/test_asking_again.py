"""What passes is asked for again, and how much is asked of one host at a time."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from ingest.sources.fetch import Client, fetch
from tests.support.fetched import HTML, QUICK, busy, failure
from tests.support.web_server import Answer, WebServer, redirect


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
