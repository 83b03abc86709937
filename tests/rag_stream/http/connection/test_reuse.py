"""What comes after an answer on the same connection, and a reader that leaves or falls behind."""

import asyncio

import pytest

from rag_stream.http.connection import Connection
from rag_stream.http.response import MOST_BUFFERED, Response
from tests.support.http_ends import ASK, CHUNKED, SIZED, Ends, ignore
from tests.support.raw_server import raw_server, read_request


async def test_a_connection_serves_one_request_after_another() -> None:
    ends = Ends()
    async with ends.joined() as (connection, far):
        for wire, body in [(SIZED, b"abcde"), (CHUNKED, b"abcde")] * 2:
            far.send(wire)
            assert await (await connection.exchange(ASK, 5.0)).read(10_000_000) == body
        assert ends.idle == [connection] * 4
        assert connection.is_open


async def test_a_request_may_follow_while_the_last_reader_has_yet_to_wake() -> None:
    # The answer is complete before its reader runs again: the connection is free by then.
    async with Ends().joined() as (connection, far):
        first = asyncio.create_task(connection.exchange(ASK, 5.0))
        await asyncio.sleep(0)
        seconds: list[asyncio.Task[Response]] = []

        def follow(free: Connection) -> None:
            if not seconds:
                seconds.append(asyncio.create_task(free.exchange(ASK, 5.0)))

        connection._on_idle = follow
        far.send(SIZED)
        assert await (await first).read(10_000_000) == b"abcde"
        far.send(SIZED.replace(b"abcde", b"fghij"))
        assert await (await seconds[0]).read(10_000_000) == b"fghij"


@pytest.mark.parametrize("wire", [SIZED.replace(b"A: b", b"Connection: close"), SIZED + b"more"])
async def test_a_connection_that_cannot_stay_is_ended(wire: bytes) -> None:
    ends = Ends()
    async with ends.joined() as (connection, far):
        far.send(wire)
        assert await (await connection.exchange(ASK, 5.0)).read(10_000_000) == b"abcde"
        while not ends.lost:  # noqa: ASYNC110
            await asyncio.sleep(0)


async def test_bytes_nobody_asked_for_end_it() -> None:
    ends = Ends()
    async with ends.joined() as (_, far):
        far.send(SIZED)
        while not ends.lost:  # noqa: ASYNC110
            await asyncio.sleep(0)


async def test_closing_an_answer_half_read_ends_the_connection() -> None:
    ends = Ends()
    async with ends.joined() as (connection, far):
        far.send(CHUNKED[:-5])
        (await connection.exchange(ASK, 5.0)).close()
        assert not connection.is_open


async def test_leaving_an_answer_that_is_about_to_end_spares_the_connection() -> None:
    ends = Ends()
    async with ends.joined() as (connection, far):
        far.send(CHUNKED[:-5])
        response = await connection.exchange(ASK, 5.0)
        response.leave()
        response.close()
        far.send(CHUNKED[-5:])
        while not ends.idle:  # noqa: ASYNC110
            await asyncio.sleep(0)
        assert connection.is_open


async def test_leaving_an_answer_that_goes_on_ends_the_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rag_stream.http.response.LEFT_S", 0.02)
    ends = Ends()
    async with ends.joined() as (connection, far):
        far.send(CHUNKED[:-5])
        response = await connection.exchange(ASK, 5.0)
        response.leave()
        response.close()
        while not ends.lost:  # noqa: ASYNC110
            await asyncio.sleep(0)


async def test_what_is_held_stays_in_the_socket_and_comes_in_one() -> None:
    async with Ends().joined() as (connection, far):
        far.send(CHUNKED[:-5])
        response = await connection.exchange(ASK, 5.0)
        await response.arrived()
        response.hold()
        for _ in range(3):
            far.send(b"1\r\nx\r\n")
            await asyncio.sleep(0.01)
        assert response._parts == []
        response.release()
        assert await response.arrived() == b"xxx"


async def test_a_reader_that_falls_behind_holds_the_sender_back() -> None:
    sent = 0

    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500000000\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()
            sent += 65536

    async with raw_server(pour) as port:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(
            lambda: Connection(on_open=ignore, on_idle=ignore, on_lost=ignore),
            "127.0.0.1",
            port,
        )
        response = await connection.exchange(ASK, 5.0)
        before = -1
        while before != sent:  # until nothing more is taken from the sender
            before = sent
            await asyncio.sleep(0.1)
        assert response._buffered <= MOST_BUFFERED + 300_000  # and one read of the socket
        stuck = sent
        while sent == stuck:
            await response.arrived()
        response.close()
