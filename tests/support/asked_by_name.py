"""A request to a host by its name, and a server that answers it."""

import asyncio
from collections.abc import Awaitable, Callable

from rag_stream.http.pool import HttpPool, Origin
from tests.support.raw_server import read_request

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
AN_HOUR_S = 3600.0

Run = Callable[[Callable[[], Awaitable[None]]], None]


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        await read_request(reader)
        writer.write(OK)


async def ask(pool: HttpPool, host: str = "service.example", port: int = 80, **how: float) -> bytes:
    response = await pool.send(Origin(host, port), b"GET", b"/", [(b"Host", b"x")], **how)
    try:
        return await response.read(100)
    finally:
        response.close()
