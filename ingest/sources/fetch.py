"""One web address to bytes: the only file here that talks HTTP.

Redirects are followed, so an address can lead anywhere the operator's machine
can reach over http or https; `file:` and the like are refused by the client.
"""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from importlib.metadata import version

import httpx

from rag_stream.errors import SourceError


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much one fetch may take: seconds, bytes (unpacked), hops."""

    connect_seconds: float = 10.0
    total_seconds: float = 30.0
    max_bytes: int = 20_000_000
    max_redirects: int = 10


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address answered: the unpacked body and what the server said of it."""

    url: str  # after redirects
    body: bytes
    media_type: str | None  # lower case, without parameters
    charset: str | None


def open_client(limits: Limits = LIMITS) -> httpx.AsyncClient:
    """A client for `fetch`; close it, or use it as `async with`. Shared by all fetches."""
    return httpx.AsyncClient(
        follow_redirects=True,
        max_redirects=limits.max_redirects,
        # The pool's own wait counts towards the total, which `fetch` enforces.
        timeout=httpx.Timeout(limits.total_seconds, connect=limits.connect_seconds, pool=None),
        headers={
            "User-Agent": f"rag-stream-ingest/{version('rag-stream')}",
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        },
    )


async def fetch(
    client: httpx.AsyncClient, url: str, *, name: str | None = None, limits: Limits = LIMITS
) -> Fetched:
    """Get `url`; raise SourceError, which calls it `name`, for whatever goes wrong."""
    try:
        async with asyncio.timeout(limits.total_seconds), client.stream("GET", url) as response:
            if not response.is_success:
                raise _RefusedError(f"answered {_status(response.status_code)}")
            return Fetched(
                url=str(response.url),
                body=await _body(response, limits.max_bytes),
                media_type=_media_type(response),
                charset=response.charset_encoding,
            )
    except _NOT_FETCHED as error:
        raise SourceError(f"{name or url}: {reason(error, limits)}") from error


class _RefusedError(Exception):
    """The answer is not one to keep; its text is the reason."""


# Besides httpx's own errors: the clock's TimeoutError (an OSError), and what gets
# through httpx untranslated, such as a redirect to port 99999 (a group of OverflowErrors).
_NOT_FETCHED = (
    httpx.HTTPError,
    httpx.InvalidURL,
    OSError,
    ValueError,
    ExceptionGroup,
    _RefusedError,
)


async def _body(response: httpx.Response, max_bytes: int) -> bytes:
    body = bytearray()
    # Unpacked bytes are counted as they come, whatever Content-Length claims, so
    # neither an endless body nor a small one that unpacks to gigabytes fills memory.
    async for part in response.aiter_bytes():
        body += part
        if len(body) > max_bytes:
            raise _RefusedError(f"bigger than the limit of {max_bytes:,} bytes")
    return bytes(body)


def _media_type(response: httpx.Response) -> str | None:
    value: str = response.headers.get("content-type", "")
    return value.partition(";")[0].strip().lower() or None


def _status(code: int) -> str:
    # Not the phrase the server sent: that is free text.
    try:
        return f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        return str(code)


def reason(error: Exception, limits: Limits = LIMITS) -> str:
    """Why a fetch failed, in plain words: our own, never the text of a library's error."""
    match error:
        case _RefusedError():
            return str(error)
        case httpx.ConnectTimeout():
            return f"no connection within {limits.connect_seconds:g} s"
        case TimeoutError() | httpx.TimeoutException():
            return f"no answer within {limits.total_seconds:g} s"
        case httpx.TooManyRedirects():
            return f"more than {limits.max_redirects} redirects"
        case httpx.UnsupportedProtocol():
            return "leads to an address that is not http or https"
        case httpx.InvalidURL():
            return "not a usable web address"
        case httpx.DecodingError():
            return "the compressed answer is damaged"
        case httpx.ProxyError():
            return "the proxy refused the connection"
        case httpx.ConnectError():
            return _no_connection(error)
        case httpx.NetworkError() | httpx.RemoteProtocolError():
            return "the connection broke off before the answer was complete"
        case _:
            return "could not be fetched"


def _no_connection(error: httpx.ConnectError) -> str:
    causes = list(_causes(error))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return "TLS error: the certificate could not be verified"
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return "TLS error: no secure connection could be agreed on"
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return f"cannot connect: no host named {error.request.url.host!r} is known"
    return "cannot connect: nothing accepts connections there"


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__
