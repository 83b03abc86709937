"""What a request's head has to be, before anything of the request is looked at."""

from collections.abc import Callable, Sequence

from starlette.types import ASGIApp, Receive, Scope, Send

from app.allowed_hosts import is_allowed
from app.error_responses import problem_response
from app.errors import BadRequestError, HeadTooLargeError, HostNotAllowedError, NotJsonError
from app.head_bounds import MOST_HEAD_BYTES, MOST_HEADERS
from rag_stream.errors import RagError
from rag_stream.excerpts import shown

_WITH_BODY = ("POST", "PUT", "PATCH")
_OF_BROWSERS = (b"origin", b"sec-fetch-site")

Headers = Sequence[tuple[bytes, bytes]]


class HeadChecks:
    """ASGI middleware. What is refused is so with the connection, whose body may be lost."""

    def __init__(self, app: ASGIApp, allowed_hosts: Callable[[], Sequence[str]]) -> None:
        """`allowed_hosts`: read with every request, settings are not there from the beginning."""
        self._app = app
        self._allowed_hosts = allowed_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            error = complaint(scope, self._allowed_hosts())
            if error is not None:
                response = problem_response(error, scope=scope)
                response.headers["connection"] = "close"
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)


def complaint(scope: Scope, allowed_hosts: Sequence[str]) -> RagError | None:
    """What is wrong with a head, if anything is."""
    headers: Headers = scope["headers"]
    # Other servers than our own (see app/connections) let such heads through.
    if len(headers) > MOST_HEADERS or _size(headers) > MOST_HEAD_BYTES:
        return HeadTooLargeError(
            f"headers: expected at most {MOST_HEADERS} of them and {MOST_HEAD_BYTES} bytes"
        )
    server = scope.get("server")
    for host in _values(headers, b"host"):
        if not is_allowed(host, server[0] if server else None, allowed_hosts):
            return HostNotAllowedError(
                f"Host: expected a name of this service (RAG_ALLOWED_HOSTS), got {shown(host)}"
            )
    if _loses_its_body(headers):
        return BadRequestError("Upgrade: expected none with a body")
    if scope["method"] in _WITH_BODY:
        return _kind_of_body(headers)
    return None


def _kind_of_body(headers: Headers) -> RagError | None:
    kinds = _values(headers, b"content-type")
    if not kinds:
        # A page can send a body without a type anywhere; but then its browser says who it is.
        if any(name in _OF_BROWSERS for name, _ in headers):
            return NotJsonError("Content-Type: expected application/json, got none")
        return None
    for kind in kinds:
        if kind.partition(";")[0].strip().lower() != "application/json":
            return NotJsonError(f"Content-Type: expected application/json, got {shown(kind)}")
    return None


def _loses_its_body(headers: Headers) -> bool:
    """Whether uvicorn's own connections drop what follows: an upgrade that is a request too.

    Their parser (llhttp) upgrades only where one of these two names it besides.
    """
    offers = _values(headers, b"connection") + _values(headers, b"proxy-connection")
    if not _values(headers, b"upgrade") or "upgrade" not in ",".join(offers).lower():
        return False
    length = "".join(_values(headers, b"content-length")).strip()
    return bool(length.strip("0")) or bool(_values(headers, b"transfer-encoding"))


def _values(headers: Headers, wanted: bytes) -> list[str]:
    return [value.decode("latin-1") for name, value in headers if name == wanted]


def _size(headers: Headers) -> int:
    return sum(len(name) + len(value) for name, value in headers)
