"""One HTTP/1.1 connection, with as little as possible between the socket and its reader.

The stream's hot path. In aiohttp, the fastest general client, every token costs three to four
times as much (each is a chunk of the body, with flow control and an object of its own), a
request more than twice, and the import 0.4 s and 14 MB. Parsing is left to httptools
(llhttp); bodies are handed on as they arrived.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextvars import Context
from typing import Any

import httptools

from rag_stream.http.response import (
    BrokenOffError,
    HttpError,
    Response,
    TimedOutError,
    TooLongError,
)

MOST_FRAMING = 64 * 1024
"""Bytes of a head, of a chunk's size line or of trailers; one read of the socket may be more."""
MOST_HEADERS = 256
_NO_BODY = frozenset({204, 304})


class Connection(asyncio.Protocol):
    """One socket, for one request after another."""

    def __init__(
        self,
        *,
        on_open: Callable[["Connection"], None],
        on_idle: Callable[["Connection"], None],
        on_lost: Callable[["Connection"], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_open = on_open
        self._on_idle = on_idle
        self._on_lost = on_lost
        self._transport: Any = None
        self._parser = httptools.HttpResponseParser(self)
        self._response: Response | None = None
        self._ends_with_connection = False
        self._framing = 0  # bytes since the last piece of a body
        self._headers = 0
        self._waiter: asyncio.Future[None] | None = None
        self._read_timeout_s: float | None = None
        self._waiting_since = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self.has_answered = False
        """Whether anything came for the request that was sent last."""
        self.idle_since = 0.0

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    async def exchange(self, request: bytes, read_timeout_s: float | None) -> Response:
        """Send a request and wait for the answer's head. Raises BrokenOffError, TimedOutError.

        One at a time: the next only once the last answer is complete.
        """
        self._read_timeout_s = read_timeout_s
        self.has_answered = False
        response = self._response = Response(self)
        try:
            if not self.is_open:  # ended since it was made: a server that is going down
                raise BrokenOffError("the connection ended before a request could be sent")
            self._transport.write(request)
            while not response.status:
                if response.failure is not None:
                    raise response.failure
                await self.wait()
        except BaseException:
            self.abort()
            raise
        return response

    async def wait(self) -> None:
        """Until something has come. Raises TimedOutError after the read timeout."""
        waiter = self._waiter = self._loop.create_future()
        if self._read_timeout_s is not None:
            self._waiting_since = self._loop.time()
            if self._timer is None:
                self._look_later(self._read_timeout_s)
        try:
            await waiter
        finally:
            if self._waiter is waiter:  # the next request may be waiting already
                self._waiter = None

    def pause(self) -> None:
        if self.is_open:
            self._transport.pause_reading()

    def resume(self) -> None:
        if self.is_open:
            self._transport.resume_reading()

    def abort(self) -> None:
        """End the connection at once."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._transport is not None:
            self._transport.abort()

    def _look_later(self, seconds: float) -> None:
        # Not in the context of a request: the timer, and the connection, may outlive it.
        self._timer = self._loop.call_later(seconds, self._look_at_clock, context=Context())

    def _look_at_clock(self) -> None:
        # One timer for all waits of a connection: a new one for each costs more than a read.
        self._timer = None
        if self._waiter is None or self._read_timeout_s is None:
            return
        left = self._waiting_since + self._read_timeout_s - self._loop.time()
        if left > 0:
            self._look_later(left)
        else:
            self._fail(TimedOutError(f"no data for {self._read_timeout_s:g} s"))
            self.abort()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _fail(self, failure: HttpError) -> None:
        response, self._response = self._response, None
        if response is not None:
            response.end(failure)
        self._wake()

    def _refuse(self, what: str) -> None:
        self._fail(TooLongError(what))
        self.abort()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._on_open(self)

    def data_received(self, data: bytes) -> None:
        if self._response is None:
            self.abort()  # nobody asked
            return
        self.has_answered = True
        self._framing += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._fail(BrokenOffError(f"expected an HTTP answer, got {error!r}"))
            self.abort()
        if self._framing > MOST_FRAMING:
            self._refuse(f"more than {MOST_FRAMING} bytes of headers")
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        response = self._response
        if response is not None and response.status and self._ends_with_connection and exc is None:
            self._response = None
            response.end()
            self._wake()
        else:
            self._fail(BrokenOffError("the connection ended before the answer was complete"))
        self._on_lost(self)

    # What the parser calls.

    def on_message_begin(self) -> None:
        self._headers = 0
        if self._response is None:
            self.abort()  # an answer too many
        else:
            self._response.headers = []

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers += 1
        if self._headers > MOST_HEADERS:
            self._refuse(f"more than {MOST_HEADERS} headers")
        elif self._response is not None and not self._response.status:
            self._response.headers.append((name, value))

    def on_headers_complete(self) -> None:
        response, status = self._response, self._parser.get_status_code()
        if response is None or status < 200:
            return  # 100 Continue and the like: the answer is yet to come
        self._framing = 0
        response.status = status
        names = {name.lower() for name, _ in response.headers}
        self._ends_with_connection = (
            not names & {b"content-length", b"transfer-encoding"} and status not in _NO_BODY
        )

    def on_body(self, data: bytes) -> None:
        self._framing = 0
        if self._response is not None:
            self._response.take(data)

    def on_message_complete(self) -> None:
        response = self._response
        if response is None or not response.status:
            return
        self._response, self._framing = None, 0
        response.end()
        if self._parser.should_keep_alive() and self.is_open:
            self.resume()
            self.idle_since = self._loop.time()
            self._on_idle(self)
        else:
            self._transport.close()


def head(method: bytes, target: bytes, headers: Sequence[tuple[bytes, bytes]]) -> bytes:
    """A request's head. Raises ValueError for a line break where none may be."""
    lines = [method + b" " + target + b" HTTP/1.1", *(n + b": " + v for n, v in headers)]
    joined = b"\r\n".join(lines)
    if joined.count(b"\r") != len(headers) or joined.count(b"\n") != len(headers):
        raise ValueError("expected request headers without line breaks, got some with")
    return joined + b"\r\n\r\n"
