"""What frames an answer, and how much of it there may be."""

import asyncio
import socket
from contextlib import suppress

import pytest

from rag_stream.http.connection import MOST_FRAMING, MOST_HEADERS
from rag_stream.http.response import HttpError, TooLongError
from tests.support.http_ends import ASK, Ends, answered

A_LOT = 2_000_000
SOME = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"


@pytest.mark.parametrize(
    ("begin", "piece", "words"),
    [
        (b"", b"H", "expected an HTTP answer"),
        (b"HTTP/1.1 200 ", b"a" * 999, f"more than {MOST_FRAMING} bytes of headers"),
        (b"HTTP/1.1 200 OK\r\n", b"a" * 999, f"more than {MOST_FRAMING} bytes of headers"),
        (b"HTTP/1.1 200 OK\r\na: ", b"a" * 999, f"more than {MOST_FRAMING} bytes of headers"),
        (b"HTTP/1.1 200 OK\r\n", b"a:\r\n" * 9, f"more than {MOST_HEADERS} headers"),
        (b"", b"HTTP/1.1 103 Early\r\na:b\r\n\r\n", f"more than {MOST_FRAMING} bytes of headers"),
        (SOME + b"3;", b"a" * 999, f"more than {MOST_FRAMING} bytes of headers"),
        (SOME, b"0" * 999, f"more than {MOST_FRAMING} bytes of headers|expected an HTTP answer"),
        (SOME + b"0\r\n", b"a:\r\n" * 9, f"more than {MOST_HEADERS} headers"),
        (SOME + b"0\r\na:", b"b" * 999, f"more than {MOST_FRAMING} bytes of headers"),
    ],
)
async def test_what_frames_an_answer_has_an_end(begin: bytes, piece: bytes, words: str) -> None:
    async with Ends().joined() as (connection, far):
        loop = asyncio.get_running_loop()
        sent = 0

        async def write() -> None:
            nonlocal sent
            with suppress(OSError):
                await loop.sock_sendall(far, begin)
                while sent < A_LOT:
                    await loop.sock_sendall(far, piece)
                    sent += len(piece)
                far.shutdown(socket.SHUT_WR)

        async def read() -> None:
            await (await connection.exchange(ASK, 5.0)).read(10_000)

        writing = asyncio.create_task(write())
        with pytest.raises(HttpError, match=words):
            await read()
        await writing
        assert sent < A_LOT


async def test_pieces_between_framing_add_up_to_nothing() -> None:
    wire = SOME + b"".join(b"1;%b\r\nx\r\n" % (b"a" * 1_000) for _ in range(500)) + b"0\r\n\r\n"
    _, body = await answered([wire])
    assert len(body) == 503


async def test_a_body_that_is_read_whole_has_an_end() -> None:
    async with Ends().joined() as (connection, far):
        far.send(b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nabcdefghijk")
        response = await connection.exchange(ASK, 5.0)
        with pytest.raises(TooLongError, match="^a body of more than 10 bytes$"):
            await response.read(10)
