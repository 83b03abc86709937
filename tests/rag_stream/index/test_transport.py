"""Both ways to a Chroma server bring the same."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from rag_stream.http.response import HttpError
from rag_stream.index.transport import AT_ONCE, DirectLink, Link, ProxiedLink
from tests.support.raw_server import raw_server, read_request

HEADERS = {"content-type": "application/json", "x-chroma-token": "secret"}


class Server:
    """Says what it was asked; as a proxy it is asked for whole addresses."""

    def __init__(self) -> None:
        self.asked: list[tuple[bytes, bytes]] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            self.asked.append(await read_request(reader))
            writer.write(b"HTTP/1.1 409 Taken\r\nContent-Length: 4\r\n\r\nbody")


@pytest.fixture
async def server() -> AsyncIterator[tuple[Server, int]]:
    server = Server()
    async with raw_server(server) as port:
        yield server, port


def links(port: int) -> list[Link]:
    return [
        DirectLink(f"http://user@127.0.0.1:{port}/base/", HEADERS),
        ProxiedLink("http://chroma.example/base", HEADERS, f"http://127.0.0.1:{port}"),
    ]


async def test_a_call_is_the_same_either_way(server: tuple[Server, int]) -> None:
    seen, port = server
    for link in links(port):
        assert await link.call("POST", "/api/v2/x", b"{}") == (409, b"body")
        await link.aclose()
    (direct, body), (proxied, same) = seen.asked
    assert direct.startswith(b"POST /base/api/v2/x HTTP/1.1\r\nhost: 127.0.0.1:%d\r\n" % port)
    assert proxied.startswith(b"POST http://chroma.example/base/api/v2/x HTTP/1.1\r\n")
    for head in (direct, proxied):
        assert b"x-chroma-token: secret" in head.lower()
    assert body == same == b"{}"


async def test_a_server_that_is_away_is_an_error_either_way() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        for link in links(nobody.getsockname()[1]):
            with pytest.raises(HttpError):
                await link.call("GET", "/", None)
            await link.aclose()


async def test_a_closed_link_is_an_error_either_way(server: tuple[Server, int]) -> None:
    for link in links(server[1]):
        await link.call("GET", "/", None)
        await link.aclose()
        with pytest.raises(HttpError):
            await link.call("GET", "/", None)


async def test_a_server_that_never_answers_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    monkeypatch.setattr("rag_stream.index.transport.TIMEOUT_S", 0.1)
    async with raw_server(silent) as port:
        for link in links(port):
            with pytest.raises(TimeoutError):
                await link.call("GET", "/", None)
            await link.aclose()


async def test_only_so_many_calls_are_made_at_a_time() -> None:
    now = most = 0

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal now, most
        while True:
            await read_request(reader)
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.02)
            now -= 1
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    async with raw_server(slow) as port:
        link = links(port)[0]
        answers = await asyncio.gather(*(link.call("GET", "/", None) for _ in range(100)))
        await link.aclose()
    assert answers == [(200, b"{}")] * 100
    assert most == AT_ONCE


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nx: ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
        b"HTTP/1.1 500 No\r\nContent-Length: 99999999\r\n\r\n",
    ],
)
async def test_an_answer_without_an_end_is_an_error_either_way(head: bytes) -> None:
    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(head)
        for _ in range(500):
            writer.write(b"a" * 65_536)
            await writer.drain()

    async with raw_server(endless) as port:
        for link in links(port):
            with pytest.raises(HttpError):
                await link.call("GET", "/", None)
            await link.aclose()
