"""One request over a socket of its own, with every read's time: the driver's cheap part.

Nothing is parsed while a measurement runs; `bench.reading` does that afterwards.
"""

import asyncio
import time
from typing import Any

import orjson

Address = tuple[str, int]


def request(method: str, path: str, body: Any = None) -> bytes:
    """The bytes of an HTTP/1.1 request; the connection ends with its response."""
    content = b"" if body is None else orjson.dumps(body)
    head = (
        f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: */*\r\n"
        f"content-type: application/json\r\ncontent-length: {len(content)}\r\n"
        "connection: close\r\n\r\n"
    )
    return head.encode() + content


class Call(asyncio.Protocol):
    """A response as it comes in; times are of `time.perf_counter`."""

    def __init__(self, sent: bytes, marker: bytes) -> None:
        self._sent = sent
        self._marker = marker
        self.parts: list[bytes] = []
        self.times: list[float] = []
        self.marked_at: float | None = None
        """About when the first token came: exact only where no read cut the marker in two."""
        self.asked_at = time.perf_counter()
        self.ended = asyncio.get_running_loop().create_future()
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        transport.write(self._sent)

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        self.times.append(now)
        self.parts.append(data)
        if self.marked_at is None and self._marker in data:
            self.marked_at = now

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_result(None)

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()


async def ask(address: Address, sent: bytes, marker: bytes = b"", limit_s: float = 60.0) -> Call:
    """Send a request and take the whole response; broken off when it takes too long."""
    call = Call(sent, marker)
    await follow(call, address, limit_s)
    return call


async def follow(call: Call, address: Address, limit_s: float) -> None:
    """See a call through to its end."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(limit_s):
            await loop.create_connection(lambda: call, *address)
            await call.ended
    except (TimeoutError, OSError):
        pass  # what is missing shows in the reading
    finally:
        call.abort()
