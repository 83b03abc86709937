"""The official OpenAI client's requests over our own connections.

The client decides what is asked, where, with which key and how often again; only the bytes
go our way. `response.extensions[ARRIVALS]` is the answer as it arrives, which saves a reader
of streams the layers of generators between the socket and the client's own reading.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import httpx2

from rag_stream.http.pool import HttpPool, Origin
from rag_stream.http.response import (
    BrokenOffError,
    ConnectFailedError,
    HttpError,
    Response,
    TimedOutError,
    TooLongError,
)

ARRIVALS = "rag_stream.arrivals"
MOST_BODY = 256 * 1024 * 1024
"""Bytes of an answer that the client reads whole: the vectors of an ingest's many texts."""
MOST_ERROR = 64 * 1024
"""Bytes of what comes with a failure; more is not read, and no failure of its own."""
_PORTS = {"http": 80, "https": 443}
_first_try: ContextVar[list[httpx2.Response | Exception] | None] = ContextVar(
    "_first_try", default=None
)


class PoolTransport(httpx2.AsyncBaseTransport):
    """A transport of httpx2's over an HttpPool."""

    def __init__(self) -> None:
        self._pool = HttpPool(httpx2.create_ssl_context)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        outcomes = _first_try.get()
        if outcomes:
            outcome = outcomes.pop()
            if isinstance(outcome, Exception):
                raise outcome
            return outcome
        with _in_words_of_httpx2():
            answer = await self._send(request, request.headers.raw, await request.aread())
        return response_of(answer)

    async def send_like(self, pattern: httpx2.Request, content: bytes) -> Response:
        """Send the pattern with another body. Raises HttpError."""
        length = (b"Content-Length", b"%d" % len(content))
        headers = [
            length if name.lower() == b"content-length" else (name, value)
            for name, value in pattern.headers.raw
        ]
        return await self._send(pattern, headers, content)

    async def _send(
        self, request: httpx2.Request, headers: list[tuple[bytes, bytes]], content: bytes
    ) -> Response:
        url = request.url
        if url.scheme not in _PORTS:
            raise httpx2.UnsupportedProtocol(f"expected http or https, got {url.scheme!r}")
        timeouts = request.extensions.get("timeout", {})
        return await self._pool.send(
            Origin(url.host, url.port or _PORTS[url.scheme], url.scheme == "https"),
            request.method.encode("ascii"),
            url.raw_path,
            headers,
            content,
            connect_timeout_s=timeouts.get("connect"),
            read_timeout_s=timeouts.get("read"),
            server_name=request.extensions.get("sni_hostname"),
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


class PooledClient(httpx2.AsyncClient):
    """A client of httpx2's over our own connections."""

    def __init__(self, timeout: httpx2.Timeout) -> None:
        self.pool_transport = PoolTransport()
        super().__init__(timeout=timeout, follow_redirects=True, transport=self.pool_transport)


@contextmanager
def first_try(outcome: httpx2.Response | Exception) -> Iterator[None]:
    """Let the first request within be answered with this, unsent: it has been made already."""
    token = _first_try.set([outcome])
    try:
        yield
    finally:
        _first_try.reset(token)


def response_of(answer: Response) -> httpx2.Response:
    """An answer as httpx2 has them, its body unread."""
    headers = answer.headers
    if answer.status >= 300:  # no word of these is worth unpacking
        headers = [(n, v) for n, v in headers if n.lower() != b"content-encoding"]
    return httpx2.Response(
        answer.status,
        headers=headers,
        stream=_Body(answer),
        extensions={"http_version": b"HTTP/1.1", ARRIVALS: answer},
    )


class _Body(httpx2.AsyncByteStream):
    def __init__(self, answer: Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = MOST_BODY if self._answer.status < 300 else MOST_ERROR
        with _in_words_of_httpx2():
            while data := await self._answer.arrived():
                yield data[:left]
                left -= len(data)
                if left < 0 and self._answer.status < 300:
                    raise TooLongError(f"a body of more than {MOST_BODY} bytes")
                if left < 0:
                    return

    async def aclose(self) -> None:
        self._answer.close()


class Decoded:
    """An answer that came compressed, as it arrives."""

    def __init__(self, answer: Response) -> None:
        self._parts = response_of(answer).aiter_bytes()
        self.hold, self.release = answer.hold, answer.release
        self.leave, self.aclose = answer.leave, answer.aclose

    async def arrived(self) -> bytes:
        await asyncio.sleep(0)  # what it is unpacked to may take many steps
        return await anext(self._parts, b"")


@contextmanager
def _in_words_of_httpx2() -> Iterator[None]:
    try:
        yield
    except HttpError as error:
        raise translated(error) from error


def translated(error: HttpError) -> httpx2.TransportError:
    """The error that httpx2's own transport raises, with ours as its cause."""
    theirs = _translated(error)
    theirs.__cause__ = error
    return theirs


def _translated(error: HttpError) -> httpx2.TransportError:
    words = str(error)
    if isinstance(error, TimedOutError):
        return httpx2.ConnectTimeout(words) if error.connecting else httpx2.ReadTimeout(words)
    if isinstance(error, ConnectFailedError):
        return httpx2.ConnectError(words)
    if isinstance(error, BrokenOffError | TooLongError):
        return httpx2.RemoteProtocolError(words)
    return httpx2.TransportError(words)
