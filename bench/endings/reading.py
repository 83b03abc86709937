"""A strict reader of what the service sent: what any client could trip over is an error.

On its own, so that it does not share a misreading with the service or with its tests.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FIELDS = {b"id", b"event", b"data"}
_LINE_BREAKS = re.compile("[\r\v\f\x1c-\x1e\x85\u2028\u2029]")  # where Python clients break lines
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) [^\r\n]+")


class ReadingError(Exception):
    """What was sent is not what every client can read."""


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response, or the beginning of one."""

    status: int
    headers: dict[str, str]
    body: bytes
    is_whole: bool
    """Whether it has ended as HTTP has it."""


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event."""

    kind: str
    data: bytes
    id: int | None


def response(data: bytes) -> Response | None:
    """The response so far; None before the end of its head. Raises ReadingError."""
    head, separator, rest = data.partition(b"\r\n\r\n")
    if not separator:
        return None
    first, *lines = head.split(b"\r\n")
    status = _STATUS.fullmatch(first)
    if status is None:
        raise ReadingError(f"no status line: {first!r}")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(b":")
        key = name.decode("ascii").lower()
        if not colon or key in headers:
            raise ReadingError(f"a header that is none, or a second one: {line!r}")
        headers[key] = value.strip().decode("latin-1")
    if headers.get("transfer-encoding") == "chunked":
        body, is_whole = _joined(rest)
    elif "content-length" in headers:
        length = int(headers["content-length"])
        if len(rest) > length:
            raise ReadingError(f"{len(rest)} bytes where {length} were promised")
        body, is_whole = rest, len(rest) == length
    elif status[1] == b"204":
        if rest:
            raise ReadingError(f"a body where there is none: {rest[:80]!r}")
        body, is_whole = b"", True
    else:
        raise ReadingError(f"nothing tells where the body ends: {headers}")
    return Response(int(status[1]), headers, body, is_whole)


def _joined(data: bytes) -> tuple[bytes, bool]:
    """The chunks' contents, the last one's as far as it is there, and whether it was the end."""
    parts: list[bytes] = []
    at = 0
    while (end := data.find(b"\r\n", at)) >= 0:
        if not re.fullmatch(rb"[0-9a-fA-F]{1,8}", data[at:end]):
            raise ReadingError(f"no size of a chunk: {data[at:end][:80]!r}")
        size, start = int(data[at:end], 16), end + 2
        after = data[start + size : start + size + 2]
        if len(after) == 2 and after != b"\r\n":
            raise ReadingError(f"a chunk longer than its size: {after!r}")
        if size == 0 and len(after) == 2:
            if data[start + 2 :]:
                raise ReadingError(f"more after the end: {data[start + 2 :][:80]!r}")
            return b"".join(parts), True
        parts.append(data[start : start + size])
        if len(after) < 2:
            break
        at = start + size + 2
    return b"".join(parts), False


def events(body: bytes, *, is_whole: bool) -> Iterator[Event]:
    """The events that are there to their end, of a whole stream all. Raises ReadingError."""
    fields: dict[bytes, bytes] = {}
    *lines, rest = body.split(b"\n")
    for line in lines:
        text = line.removesuffix(b"\r")
        if not text:
            if fields:
                yield _event(fields)
            fields = {}
        elif not text.startswith(b":"):
            name, colon, value = text.partition(b":")
            if name not in _FIELDS or not colon or name in fields:
                raise ReadingError(f"an unknown field, or a second one: {text[:80]!r}")
            fields[name] = value.removeprefix(b" ")
    if is_whole and (fields or rest):
        raise ReadingError(f"the stream ends inside an event: {fields} {rest[:80]!r}")


def _event(fields: dict[bytes, bytes]) -> Event:
    if b"event" not in fields:
        raise ReadingError(f"an event without a name: {fields}")
    data = fields.get(b"data", b"")
    if found := _LINE_BREAKS.search(data.decode("utf-8")):
        raise ReadingError(f"a raw {found[0]!r} within a line")
    number = fields.get(b"id")
    return Event(fields[b"event"].decode(), data, None if number is None else int(number))
