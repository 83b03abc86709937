"""What proxies say of their clients: believed of those that the operator has named, of no other.

Anybody can send `X-Forwarded-For`. uvicorn believes it of whoever is on a loopback address.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.types import ASGIApp, Receive, Scope, Send

_SCHEMES = (b"http", b"https")


class TrustedProxies:
    """The proxies that were named, as addresses or networks (RAG_TRUSTED_PROXIES)."""

    def __init__(self, named: Sequence[str] = ()) -> None:
        self._networks = [ip_network(name) for name in named]

    def __contains__(self, host: str) -> bool:
        address = _address(host)
        return address is not None and any(address in network for network in self._networks)

    def client(self, hops: Sequence[str]) -> str | None:
        """Who asked, where each of `hops` was written by the one after it; None if none says so.

        That is the last who is none of the proxies: what stands before may be anybody's.
        """
        client = None
        for hop in reversed(hops):
            address = _address(_without_port(hop.strip()))
            if address is None:
                break
            client = str(address)
            if client not in self:
                break
        return client


class ProxyHeaders:
    """ASGI middleware: the client and scheme of a request as a trusted proxy has them."""

    def __init__(self, app: ASGIApp, named: Callable[[], Sequence[str]]) -> None:
        """`named`: read with the first request, settings are not there from the beginning."""
        self._app = app
        self._named = named

    @cached_property
    def _proxies(self) -> TrustedProxies:
        return TrustedProxies(self._named())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope.get("client") and scope["client"][0] in self._proxies:
            hops = _values(scope, b"x-forwarded-for")
            if client := self._proxies.client(b",".join(hops).decode("latin-1").split(",")):
                scope["client"] = (client, 0)
            for scheme in _values(scope, b"x-forwarded-proto"):
                if scheme in _SCHEMES:
                    scope["scheme"] = scheme.decode()
        await self._app(scope, receive, send)


def _values(scope: Scope, wanted: bytes) -> list[bytes]:
    return [value.strip() for name, value in scope["headers"] if name == wanted]


def _without_port(hop: str) -> str:
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
