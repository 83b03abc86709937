"""One web address to bytes: the only file here that talks HTTP.

Redirects are followed to where `transport.py` lets them go; `file:` and the like are refused by
the client. Bodies are taken as they are sent and unpacked here, a bounded piece at a time:
httpx unpacks whatever a server calls packed, twice and without a bound, in redirects too.
"""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from importlib.metadata import version

import httpcore
import httpx

from ingest.sources.backend import PrivateAddressError
from ingest.sources.transport import CheckedTransport, UnusableProxyError, typed_origin
from rag_stream.errors import SourceError
from rag_stream.http.happy_eyeballs import Resolve, resolve
from rag_stream.http.unpack import CODINGS, DamagedError, codings_of, unpacker


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


class TooBigError(SourceError):
    """It is bigger than the limit it was fetched with."""


def open_client(
    limits: Limits = LIMITS,
    *,
    allow_private: bool = False,
    resolve: Resolve = resolve,
    backend: httpcore.AsyncNetworkBackend | None = None,
) -> httpx.AsyncClient:
    """A client for `fetch`; close it, or use it as `async with`. Shared by all fetches.

    `allow_private`: also what nobody typed may have a private address (`transport.py`, which
    `resolve` and `backend` are handed on to).
    """
    return httpx.AsyncClient(
        transport=CheckedTransport(allow_private=allow_private, resolve=resolve, backend=backend),
        # The pool's own wait counts towards the total, which `fetch` enforces.
        timeout=httpx.Timeout(limits.total_seconds, connect=limits.connect_seconds, pool=None),
        headers={
            "User-Agent": f"rag-stream-ingest/{version('rag-stream')}",
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Encoding": CODINGS,
        },
    )


async def fetch(
    client: httpx.AsyncClient,
    url: str,
    *,
    name: str | None = None,
    typed: str | None = None,
    limits: Limits = LIMITS,
) -> Fetched:
    """Get `url`; raise SourceError, which calls it `name`, for whatever goes wrong.

    `typed`: the address that the operator typed, where `url` was found at it.
    """
    try:
        async with asyncio.timeout(limits.total_seconds):
            extensions = {"typed": typed_origin(typed or url)}
            request = client.build_request("GET", url, extensions=extensions)
            return await _follow(client, request, limits)
    except _TooMuchError as error:
        raise TooBigError(f"{name or url}: {error}") from error
    except _NOT_FETCHED as error:
        raise SourceError(f"{name or url}: {reason(error, limits)}") from error
    finally:
        if len(client.cookies.jar) > _MOST_COOKIES:
            client.cookies.clear()


_MOST_COOKIES = 100
"""For redirects that need them. A jar has no bound of its own, and every page may fill it."""


async def _follow(client: httpx.AsyncClient, request: httpx.Request, limits: Limits) -> Fetched:
    # Not the client's own way: that reads and unpacks the whole body of a redirect.
    for _ in range(limits.max_redirects + 1):
        response = await client.send(request, stream=True, follow_redirects=False)
        try:
            if response.next_request is None:
                return await _take(response, limits)
            request = response.next_request
        finally:
            await response.aclose()
    raise _RefusedError(f"more than {limits.max_redirects} redirects")


async def _take(response: httpx.Response, limits: Limits) -> Fetched:
    if not response.is_success:
        raise _RefusedError(f"answered {_status(response.status_code)}")
    return Fetched(
        url=str(response.url),
        body=await _body(response, limits.max_bytes),
        media_type=_media_type(response),
        charset=response.charset_encoding,
    )


class _RefusedError(Exception):
    """The answer is not one to keep; its text is the reason."""


class _TooMuchError(_RefusedError):
    """There is more of it than is taken."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(f"bigger than the limit of {max_bytes:,} bytes")


# Besides httpx's own errors: the clock's TimeoutError (an OSError), and what gets
# through httpx untranslated, such as a redirect to port 99999 (a group of OverflowErrors).
_NOT_FETCHED = (
    httpx.HTTPError,
    httpx.InvalidURL,
    OSError,
    ValueError,
    ExceptionGroup,
    PrivateAddressError,
    UnusableProxyError,
    DamagedError,
    _RefusedError,
)


async def _body(response: httpx.Response, max_bytes: int) -> bytes:
    header: str = response.headers.get("content-encoding", "")
    codings = codings_of(header)
    packed = unpacker(codings[0] if codings else "") if len(codings) <= 1 else None
    if packed is None:
        raise _RefusedError(f"expected content encoding {CODINGS} or none, got {header[:60]!r}")
    body, taken = bytearray(), 0
    # What was unpacked is counted, whatever Content-Length claims, and what was sent too: that
    # may unpack to nothing for ever.
    async for part in response.aiter_raw():
        taken += len(part)
        for piece in packed.feed(part):
            body += piece
            if len(body) > max_bytes:
                raise _TooMuchError(max_bytes)
            await asyncio.sleep(0)
        if taken > max_bytes:
            raise _TooMuchError(max_bytes)
        if packed.done:
            break
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
        case _RefusedError() | UnusableProxyError():
            return str(error)
        case httpx.ConnectTimeout():
            return f"no connection within {limits.connect_seconds:g} s"
        case TimeoutError() | httpx.TimeoutException():
            return f"no answer within {limits.total_seconds:g} s"
        case PrivateAddressError():
            return (
                f"leads to {error.host[:100]!r}, port {error.port}: a private address, which is "
                "fetched only where it is typed, or with --allow-private"
            )
        case httpx.UnsupportedProtocol():
            return "leads to an address that is not http or https"
        case httpx.InvalidURL():
            return "not a usable web address"
        case DamagedError():
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
