"""Chunks to bytes: JSON and server-sent events, as LangServe's clients read them.

Event format: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from typing import Any

import orjson
from pydantic import BaseModel

PING = b": ping\r\n"
"""A comment without a blank line after it: with `id:` lines before, LangServe's Python client
takes the blank line for an event without a name and warns about it."""

# Python clients split lines at these too, so inside a token they would cut an event in
# two. Outside of strings JSON has no place for them, so the escape is always right.
_LINE_BREAKS = (
    (b"\xe2\x80\xa8", b"\\u2028"),
    (b"\xe2\x80\xa9", b"\\u2029"),
    (b"\xc2\x85", b"\\u0085"),
)


def dumps(value: Any) -> bytes:
    """JSON in one line, whatever line breaks the strings hold."""
    data = orjson.dumps(value, default=_plain, option=orjson.OPT_NON_STR_KEYS)
    if b"\xe2\x80" in data or b"\xc2\x85" in data:
        for raw, escaped in _LINE_BREAKS:
            data = data.replace(raw, escaped)
    return data


class SseEncoder:
    """Numbers the events of one stream."""

    def __init__(self) -> None:
        self._last_id = 0

    def event(self, kind: str, value: Any = None) -> bytes:
        """One event; `end` has no data."""
        self._last_id += 1
        head = f"id: {self._last_id}\r\nevent: {kind}\r\n".encode()
        if value is None:
            return head + b"\r\n"
        return head + b"data: " + dumps(value) + b"\r\n\r\n"


def unnumbered(kind: str, value: Any) -> bytes:
    """An event that is none of a stream's own: whoever comes back does not count it."""
    return f"event: {kind}\r\ndata: ".encode() + dumps(value) + b"\r\n\r\n"


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, set | frozenset):
        return list(value)
    # Logs and events can hold anything a run was given; its text may be internal.
    return f"<{type(value).__name__}>"
