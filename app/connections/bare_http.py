"""HTTP/1.1 as bytes, where no application writes it: a refusal, a head without its offers."""

from collections.abc import Iterable

import orjson
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from app.error_responses import describe_failure
from rag_stream.errors import RagError

_OF_UPGRADES = (b"upgrade", b"http2-settings")


def response_of(error: RagError) -> bytes:
    """A whole response that says why, the last one on its connection."""
    body = orjson.dumps(describe_failure(error))
    head = STATUS_LINE[error.status_code] + b"content-type: application/json\r\n"
    if error.retry_after is not None:
        head += b"retry-after: %b\r\n" % error.retry_after.encode()
    return head + b"content-length: %d\r\nconnection: close\r\n\r\n" % len(body) + body


def without_upgrade(
    method: bytes, url: bytes, version: bytes, headers: Iterable[tuple[bytes, bytes]]
) -> bytes:
    """A request's head that offers no other protocol (RFC 9110, 7.8); names are lower case."""
    lines = [b"%b %b HTTP/%b" % (method, url, version)]
    for name, value in headers:
        if name == b"connection":
            tokens = [token.strip() for token in value.split(b",")]
            value = b", ".join(token for token in tokens if token.lower() not in _OF_UPGRADES)
        if value and name not in _OF_UPGRADES:
            lines.append(b"%b: %b" % (name, value))
    return b"\r\n".join([*lines, b"", b""])
