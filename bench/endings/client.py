"""One request on a raw socket: cheap, and gone the moment it is told to leave.

Nothing is parsed while a measurement runs; `reading.py` does that afterwards.
"""

import asyncio
import socket
import struct
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any, Self

import orjson

from bench.call import Address

ENDPOINTS = ("invoke", "batch", "stream", "stream_log", "stream_events")
_SMALL_BUFFER = 4096
_RESET = struct.pack("ii", 1, 0)


def request(
    method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
) -> bytes:
    """The bytes of a request; its connection ends with the response."""
    content = b"" if body is None else orjson.dumps(body)
    lines = {"host": "127.0.0.1", "content-type": "application/json", "connection": "close"}
    lines |= {"content-length": str(len(content)), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + content


def ask(question: str, endpoint: str = "stream", *, goes_on: bool = False) -> bytes:
    """A question; `goes_on` asks for its answer to outlive the connection."""
    asked = {"input": question}
    body = {"inputs": [asked]} if endpoint == "batch" else {"input": asked}
    headers = {"X-On-Disconnect": "continue"} if goes_on else {}
    return request("POST", f"/rag/{endpoint}", body, headers)


class Client(asyncio.Protocol):
    """A connection and all that came over it; times are of time.monotonic."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.sent_at = self.first_at = self.last_at = 0.0
        self.is_closed = False
        self._news: asyncio.Future[None] | None = None
        self._test: Callable[[], bool] = lambda: False
        self._transport: Any = None

    @classmethod
    async def connect(
        cls, address: Address, *, small_buffer: bool = False, source: Address | None = None
    ) -> Self:
        """Open a connection; with a small buffer it holds little of what is not read."""
        loop = asyncio.get_running_loop()
        link = socket.socket()
        try:
            link.setblocking(False)
            if small_buffer:  # before connecting: TCP agrees on its window then
                link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER)
            if source is not None:
                link.bind(source)
            await loop.sock_connect(link, address)
            _, client = await loop.create_connection(cls, sock=link)
        except BaseException:
            link.close()
            raise
        return client

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self.last_at = monotonic()
        self.first_at = self.first_at or self.last_at
        self.data += data
        self._tell()

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_closed = True
        self._tell()

    def send(self, data: bytes) -> None:
        self.sent_at = monotonic()
        self._transport.write(data)

    def stop_reading(self) -> None:
        self._transport.pause_reading()

    async def until(self, test: Callable[[], bool], limit_s: float) -> bool:
        """Wait until what came passes a test; False where it did not, or not in time."""
        if not test() and not self.is_closed:
            self._test = test
            self._news = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(limit_s):
                    await self._news
            except TimeoutError:
                pass
            finally:
                self._news = None
        return test()

    async def end(self, limit_s: float = 60.0) -> bytes:
        """All that came, once the server has closed the connection; then it is given up."""
        await self.until(lambda: self.is_closed, limit_s)
        self.leave()
        return bytes(self.data)

    def leave(self, *, resets: bool = True) -> float:
        """Close, as a process that crashes or politely; the moment just before."""
        link = self._transport.get_extra_info("socket")
        at = monotonic()
        if self.is_closed:
            return at
        if resets:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._transport.abort()
        return at

    def _tell(self) -> None:
        if self._news is not None and not self._news.done() and (self.is_closed or self._test()):
            self._news.set_result(None)


async def exchange(address: Address, sent: bytes, limit_s: float = 60.0) -> bytes:
    """Send a request and return all that came; nothing where nobody listens."""
    try:
        client = await Client.connect(address)
    except OSError:
        return b""
    client.send(sent)
    return await client.end(limit_s)
