"""An HTTP answer as it arrives, and the ways in which it can fail to."""

import asyncio
from typing import Protocol

MOST_BUFFERED = 256 * 1024
"""Bytes of a body that wait for their reader before the socket is no longer read."""
MOST_PARTS = 50_000
"""Lists and objects in one piece of JSON: a megabyte of empty ones takes 0.1 s and 30 MB."""
LEFT_S = 1.0
"""How long an answer may take to end once nobody wants the rest."""


class HttpError(Exception):
    """A request that got no whole answer."""


class ConnectFailedError(HttpError):
    """The server cannot be reached."""


class BrokenOffError(HttpError):
    """The connection ended, or what came is not HTTP, before the answer was complete."""


class TooLongError(HttpError):
    """The answer has more of something than is read of it; the words say of what."""


class TimedOutError(HttpError):
    """The server was silent for too long; `connecting`: it did not even take the connection."""

    def __init__(self, words: str, *, connecting: bool = False) -> None:
        super().__init__(words)
        self.connecting = connecting


class Arriving(Protocol):
    """A body as it arrives."""

    async def arrived(self) -> bytes: ...


async def whole(body: Arriving, most: int) -> bytes:
    """A body in one piece. Raises TooLongError where it has more bytes, and what reading raises."""
    joined = bytearray()
    while data := await body.arrived():
        joined += data
        if len(joined) > most:
            raise TooLongError(f"a body of more than {most} bytes")
    return bytes(joined)


def check_parts(data: bytes, most: int = MOST_PARTS) -> bytes:
    """JSON that does not become millions of objects. Raises TooLongError for what may.

    Brackets in strings count too: `most` is far above what texts have.
    """
    if len(data) > most and data.count(b"[") + data.count(b"{") > most:
        raise TooLongError(f"JSON of more than {most} parts")
    return data


class Source(Protocol):
    """The connection that an answer comes on."""

    async def wait(self) -> None: ...

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def abort(self) -> None: ...


class Response:
    """An answer: its head at once, its body as it arrives. `close` it, whatever happens."""

    def __init__(self, connection: Source) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self._connection = connection
        self._parts: list[bytes] = []
        self._buffered = 0
        self.failure: HttpError | None = None
        self._is_complete = False
        self._is_held = False
        self._is_left = False

    async def arrived(self) -> bytes:
        """All of the body that has arrived since the last call; waits for some, b"" at its end.

        Raises BrokenOffError, TimedOutError.
        """
        while not self._parts:
            if self.failure is not None:
                raise self.failure
            if self._is_complete:
                return b""
            await self._connection.wait()
        data = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts.clear()
        if self._buffered > MOST_BUFFERED and not self._is_held:
            self._connection.resume()
        self._buffered = 0
        return data

    async def read(self, most: int) -> bytes:
        """The whole rest of the body, of `most` bytes at most. Raises TooLongError."""
        return await whole(self, most)

    def hold(self) -> None:
        """Leave what comes in the socket's buffer until `release`."""
        if not self._is_complete:
            self._is_held = True
            self._connection.pause()

    def release(self) -> None:
        if self._is_held:
            self._is_held = False
            self._connection.resume()

    def leave(self) -> None:
        """Nothing more is wanted, but hardly anything can be left: spare the connection.

        It is ended all the same where the answer is not complete within a second.
        """
        if not self._is_complete:
            self._is_left = True
            asyncio.get_running_loop().call_later(LEFT_S, self._end_if_incomplete)

    def close(self) -> None:
        """Give the connection back, or end it where the answer is not complete."""
        if not self._is_left:
            self._end_if_incomplete()

    async def aclose(self) -> None:
        """The same, for those who await it."""
        self.close()

    def _end_if_incomplete(self) -> None:
        if not self._is_complete:
            self._connection.abort()

    def take(self, data: bytes) -> None:
        """For the connection: a piece of the body."""
        self._parts.append(data)
        self._buffered += len(data)
        if self._buffered > MOST_BUFFERED:
            self._connection.pause()

    def end(self, failure: HttpError | None = None) -> None:
        """For the connection: the body is complete, or will never be."""
        if not self._is_complete:
            self._is_complete, self.failure = True, failure
