"""Where a request may go: what the operator typed anywhere, all else to public addresses only.

A page that is ingested can be read by everyone who asks, and sitemaps and redirects are
written by others: an address of the operator's own network must not get in by them.

- A request says what the operator typed in its extension `typed` (`typed_origin`). To that very
  host and port it may go wherever they are: people ingest from localhost and intranets. A
  redirect or a sitemap's entry that stays there is theirs as well, and so is the change from
  http to https on the usual ports.
- Any other host is resolved here, once; its private addresses are dropped, and a connection is
  made to one of the others. What was checked is what is connected to, so a name that changes
  its address in between (DNS rebinding) gains nothing.
- A host that was typed and reached at a public address must stay public: its owner cannot move
  it to an address of ours after the sitemap was read.
- Through a proxy of the environment the proxy resolves and connects. Refused are then the names
  of the proxy's own machine and network (localhost, those without a dot, .internal and the
  like), private addresses, however written, and names that resolve to a private address here.
  A name that only the proxy can resolve is let through: what it may reach is the proxy's to
  decide.
"""

import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import httpcore
import httpx

from ingest.sources.addresses import is_local_name, is_public
from ingest.sources.backend import CheckedBackend, PrivateAddressError, is_public_address
from rag_stream.http.happy_eyeballs import Resolve, resolve
from rag_stream.http.proxies import proxy_of

Origin = tuple[str, int]

_PORTS = {"http": 80, "https": 443}


def typed_origin(url: str) -> Origin:
    """The host and port of an address that the operator typed."""
    return origin_of(httpx.URL(url))


class UnusableProxyError(Exception):
    """The environment names a proxy that cannot be gone through; its text says why."""


class _Direct(httpx.AsyncBaseTransport):
    """httpx's own transport, but for the backend: that cannot be given to it."""

    def __init__(self, tls: ssl.SSLContext, backend: CheckedBackend) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=5,
            network_backend=backend,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        sent = httpcore.Request(
            request.method,
            httpcore.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _as_httpx(request):
            answer = await self._pool.handle_async_request(sent)
        body = _Body(request, answer)
        return httpx.Response(
            answer.status, headers=answer.headers, stream=body, extensions=answer.extensions
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(self, request: httpx.Request, answer: httpcore.Response) -> None:
        self._request, self._answer = request, answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx(self._request):
            async for part in self._answer.aiter_stream():
                yield part

    async def aclose(self) -> None:
        await self._answer.aclose()


@contextmanager
def _as_httpx(request: httpx.Request) -> Iterator[None]:
    """httpcore's errors under httpx's names for them, which are the same."""
    try:
        yield
    except (
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpcore.TimeoutException,
        httpcore.UnsupportedProtocol,
    ) as error:
        kind = getattr(httpx, type(error).__name__, httpx.TransportError)
        raise kind(str(error), request=request) from error


class CheckedTransport(httpx.AsyncBaseTransport):
    """Takes each request, redirects among them, the way that it may go."""

    def __init__(
        self,
        *,
        allow_private: bool,
        resolve: Resolve = resolve,
        backend: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        """`backend` makes the connections, to addresses."""
        self._allow_private = allow_private
        self._resolve = resolve
        self._tls = httpx.create_ssl_context()
        inner = backend or httpcore.AnyIOBackend()
        # Two pools, so that nothing else is sent over a connection that was typed.
        self._typed = _Direct(self._tls, CheckedBackend(inner, resolve, typed=True))
        self._others = _Direct(self._tls, CheckedBackend(inner, resolve, typed=False))
        self._proxied: dict[str, httpx.AsyncHTTPTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it; raises PrivateAddressError, UnusableProxyError before anything is sent."""
        free = self._allow_private or _is_typed(request)
        proxy = proxy_of(str(request.url))
        if proxy is None:
            way = self._typed if free else self._others
            return await way.handle_async_request(request)
        if not free:
            await self._refuse_what_is_known(*origin_of(request.url))
        if proxy not in self._proxied:
            self._proxied[proxy] = _proxied(proxy, self._tls)
        return await self._proxied[proxy].handle_async_request(request)

    async def aclose(self) -> None:
        """Close every connection."""
        for transport in (self._typed, self._others, *self._proxied.values()):
            await transport.aclose()

    async def _refuse_what_is_known(self, host: str, port: int) -> None:
        # What has a colon is an address, and no name has a percent sign: proxies differ over both.
        is_known = is_public(host) if ":" in host else not ("%" in host or is_local_name(host))
        if not is_known:
            raise PrivateAddressError(host, port)
        try:
            addresses = await self._resolve(host, port)
        except OSError:
            return  # only the proxy knows it
        if not all(map(is_public_address, addresses)):
            raise PrivateAddressError(host, port)


def _proxied(proxy: str, tls: ssl.SSLContext) -> httpx.AsyncHTTPTransport:
    address = proxy if "://" in proxy else f"http://{proxy}"
    try:
        return httpx.AsyncHTTPTransport(verify=tls, proxy=address)
    except httpx.InvalidURL as error:
        raise UnusableProxyError("the environment's proxy is no usable web address") from error
    except (ImportError, ValueError) as error:  # SOCKS without its package; another scheme
        # Of the address the scheme alone: the rest may hold a password.
        scheme = address.partition("://")[0][:20]
        raise UnusableProxyError(
            f"expected the environment's proxy to be http:// or https://, got {scheme + '://'!r}"
        ) from error


def _is_typed(request: httpx.Request) -> bool:
    typed: Origin | None = request.extensions.get("typed")
    if typed is None:
        return False
    host, port = origin_of(request.url)
    return typed == (host, port) or (typed == (host, 80) and port == 443)


def origin_of(url: httpx.URL) -> Origin:
    """The host and port that a request goes to."""
    return url.host.rstrip("."), url.port or _PORTS.get(url.scheme, 0)
