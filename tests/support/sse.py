"""A strict reader of server-sent events over a real socket, with arrival times.

Strict: whatever some client would trip over raises SSEError, also where the standard allows it.
"""

import json
import socket
import struct
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

# httpx splits lines at these too, so raw ones break Python's RemoteRunnable.
_TORN_BY_HTTPX = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_FIELDS = {"event", "data", "id", "retry"}


class SSEError(AssertionError):
    """The stream is not what every client can read."""


@dataclass(frozen=True)
class Event:
    """One event, or one comment line (then only `comment` and `at` are set)."""

    at: float
    event: str | None = None
    data: str | None = None
    id: str | None = None
    retry: int | None = None
    comment: str | None = None

    def json(self) -> Any:
        if self.data is None:
            raise SSEError(f"event {self.event!r} has no data")
        return json.loads(self.data)


class EventParser:
    """Turns pieces of bytes into events; `close` complains about a half-written one."""

    def __init__(self) -> None:
        self._rest = b""
        self._fields: dict[str, list[str]] = {}

    def feed(self, piece: bytes, at: float) -> Iterator[Event]:
        *lines, self._rest = (self._rest + piece).split(b"\n")
        for line in lines:
            yield from self._line(line.removesuffix(b"\r").decode("utf-8"), at)

    def close(self) -> None:
        if self._rest or self._fields:
            raise SSEError(f"the stream ends inside an event: {self._fields} {self._rest!r}")

    def _line(self, line: str, at: float) -> Iterator[Event]:
        torn = [character for character in _TORN_BY_HTTPX + "\r" if character in line]
        if torn:
            raise SSEError(f"raw {torn!r} in the line {line!r}")
        if not line:
            if self._fields:
                yield self._dispatch(at)
        elif line.startswith(":"):
            yield Event(at, comment=line[1:].removeprefix(" "))
        else:
            name, colon, value = line.partition(":")
            if name not in _FIELDS or not colon:
                raise SSEError(f"no such field: {line!r}")
            self._fields.setdefault(name, []).append(value.removeprefix(" "))

    def _dispatch(self, at: float) -> Event:
        fields, self._fields = self._fields, {}
        twice = [name for name, values in fields.items() if name != "data" and len(values) > 1]
        if twice:
            raise SSEError(f"{twice} given twice in one event: {fields}")
        retry = fields.get("retry")
        return Event(
            at,
            event=fields.get("event", [None])[0],
            data="\n".join(fields["data"]) if "data" in fields else None,
            id=fields.get("id", [None])[0],
            retry=int(retry[0]) if retry else None,
        )


def parse(pieces: Iterable[bytes]) -> list[Event]:
    """Return the events of a stream that is already there."""
    parser = EventParser()
    events = [event for piece in pieces for event in parser.feed(piece, monotonic())]
    parser.close()
    return events


class EventStream:
    """An open response; iterate for its events, each stamped when its bytes arrived.

    A connection that ends without the last chunk raises http.client.IncompleteRead.
    """

    def __init__(self, connection: HTTPConnection, response: HTTPResponse) -> None:
        self._connection = connection
        self._response = response
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}

    def __iter__(self) -> Iterator[Event]:
        if self.status != 200 or not self._is_event_stream():
            raise SSEError(f"{self.status} {self.headers}: {self.text()[:2000]}")
        parser = EventParser()
        while piece := self._response.read1(65_536):
            yield from parser.feed(piece, monotonic())
        parser.close()

    def text(self) -> str:
        """Return the body as text: for answers that are no streams."""
        return self._response.read().decode("utf-8")

    @property
    def port(self) -> int:
        """Where this end of the connection is."""
        return int(self._connection.sock.getsockname()[1])

    def abort(self) -> None:
        """Reset the connection, as a client does that crashes."""
        link = self._connection.sock
        if link is not None:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._response.close()
        self._connection.close()

    def _is_event_stream(self) -> bool:
        return self.headers.get("content-type", "").split(";")[0] == "text/event-stream"


@contextmanager
def post(
    url: str, body: Any, *, headers: Mapping[str, str] | None = None, timeout: float = 30.0
) -> Iterator[EventStream]:
    """POST JSON (or bytes as they are) and yield the response while it is open."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"content-type": "application/json", **(headers or {})}
    with _request("POST", url, content, sent, timeout) as stream:
        yield stream


@contextmanager
def get(
    url: str, *, headers: Mapping[str, str] | None = None, timeout: float = 30.0
) -> Iterator[EventStream]:
    """GET and yield the response while it is open."""
    with _request("GET", url, None, headers or {}, timeout) as stream:
        yield stream


@contextmanager
def _request(
    method: str, url: str, content: bytes | None, headers: Mapping[str, str], timeout: float
) -> Iterator[EventStream]:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)
    sent = {"accept": "text/event-stream", **headers}
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    try:
        connection.request(method, path, content, sent)
        response = connection.getresponse()
        try:
            yield EventStream(connection, response)
        finally:
            response.close()
    finally:
        connection.close()
