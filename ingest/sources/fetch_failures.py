"""Why an address could not be fetched: what may pass, and what is said of it."""

import socket
import ssl
from collections.abc import Iterator
from http import HTTPStatus

import httpx

from ingest.sources.backend import PrivateAddressError
from ingest.sources.hosts import LeftAloneError
from ingest.sources.limits import LIMITS, Limits
from ingest.sources.patience import PATIENCE, Patience
from ingest.sources.transport import UnusableProxyError
from rag_stream.http.unpack import DamagedError


class RefusedError(Exception):
    """The answer is not one to keep; its text is the reason."""


class TransientError(RefusedError):
    """It may be another answer a moment later; `retry_after` says when."""

    def __init__(
        self, words: str, retry_after: float | None = None, patience: Patience = PATIENCE
    ) -> None:
        is_long = retry_after is not None and retry_after > patience.longest_pause
        super().__init__(f"{words}, to come back in {retry_after:.0f} s" if is_long else words)
        self.retry_after = retry_after


class TooMuchError(RefusedError):
    """There is more of it than is taken."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(f"bigger than the limit of {max_bytes:,} bytes")


# Besides httpx's own errors: the clock's TimeoutError (an OSError), and what gets
# through httpx untranslated, such as a redirect to port 99999 (a group of OverflowErrors).
NOT_FETCHED = (
    httpx.HTTPError,
    httpx.InvalidURL,
    OSError,
    ValueError,
    ExceptionGroup,
    PrivateAddressError,
    UnusableProxyError,
    DamagedError,
    LeftAloneError,
    RefusedError,
)


def may_pass(error: Exception) -> bool:
    """Whether the next try may go another way."""
    if isinstance(error, TransientError | TimeoutError | httpx.TimeoutException):
        return True
    # Nobody there, no such host, no TLS: it will be so in a second, too.
    is_broken = isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError)
    return is_broken and not isinstance(error, httpx.ConnectError)


def status_words(code: int) -> str:
    # Not the phrase the server sent: that is free text.
    try:
        return f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        return str(code)


def reason(error: Exception, limits: Limits = LIMITS) -> str:
    """Why a fetch failed, in plain words: our own, never the text of a library's error."""
    match error:
        case RefusedError() | UnusableProxyError() | LeftAloneError():
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
