"""A connection to a server and the far end of its socket."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from rag_stream.http.connection import Connection
from rag_stream.http.response import Response

ASK = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"
)
SIZED = b"HTTP/1.1 201 Created\r\nA: b\r\nContent-Length: 5\r\n\r\nabcde"
UNSIZED = b"HTTP/1.1 404 Not Found\r\nA: b\r\n\r\nabcde"


def ignore(connection: Connection) -> None: ...


class Ends:
    """A connection and the far end of its socket."""

    def __init__(self) -> None:
        self.idle: list[Connection] = []
        self.lost: list[Connection] = []

    @asynccontextmanager
    async def joined(self) -> AsyncIterator[tuple[Connection, socket.socket]]:
        near, far = socket.socketpair()
        far.setblocking(False)
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(
            lambda: Connection(on_open=ignore, on_idle=self.idle.append, on_lost=self.lost.append),
            sock=near,
        )
        try:
            yield connection, far
        finally:
            far.close()
            connection.abort()
            while not self.lost:  # noqa: ASYNC110
                await asyncio.sleep(0)


async def answered(pieces: Sequence[bytes], *, then_close: bool = False) -> tuple[Response, bytes]:
    """The response to these bytes and its body."""
    async with Ends().joined() as (connection, far):

        async def write() -> None:
            for piece in pieces:
                await asyncio.get_running_loop().sock_sendall(far, piece)
                await asyncio.sleep(0)
            if then_close:
                far.shutdown(socket.SHUT_WR)

        writing = asyncio.create_task(write())
        response = await connection.exchange(ASK, 5.0)
        body = await response.read(10_000_000)
        await writing
        return response, body
