"""The internet of a test: over real sockets, with names and addresses as it wants them.

A `World` says which addresses a name has, and connects each address to a server on the loopback.
All that checks addresses is what it is in service.
"""

import socket
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

import httpcore
import httpx
import pytest

from ingest.sources.fetch import Fetched, Limits, fetch, open_client
from rag_stream.errors import SourceError
from rag_stream.http.happy_eyeballs import Address
from tests.support.addresses import v4, v6
from tests.support.web_server import WebServer

LIMITS = Limits(connect_seconds=5, total_seconds=10, max_redirects=3)
PUBLIC, ANOTHER = "93.184.216.34", "8.8.8.8"


class World(httpcore.AsyncNetworkBackend):
    """Names with their addresses, in turn where there are several lots; `connected` to so far."""

    def __init__(self, server: WebServer, **names: Iterable[Sequence[str]]) -> None:
        self._port = httpx.URL(server.url()).port or 0
        self._names = {name.replace("_", "."): iter(lots) for name, lots in names.items()}
        self._inner = httpcore.AnyIOBackend()
        self.connected: list[str] = []

    async def resolve(self, host: str, port: int) -> Sequence[Address]:
        """A resolver: literal addresses are themselves."""
        if host in self._names:
            found = next(self._names[host])
            return [v6(port, one) if ":" in one else v4(port, one) for one in found]
        try:
            return socket.getaddrinfo(
                host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
            )
        except socket.gaierror:
            raise socket.gaierror(-2, "unknown") from None

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's signature
        *rest: object,
        **more: object,
    ) -> httpcore.AsyncNetworkStream:
        self.connected.append(host)
        if host == "8.8.4.4":
            raise httpcore.ConnectError("nobody there")
        return await self._inner.connect_tcp("127.0.0.1", self._port, timeout)


@asynccontextmanager
async def client(world: World, *, allow_private: bool = False) -> AsyncIterator[httpx.AsyncClient]:
    async with open_client(
        LIMITS, allow_private=allow_private, resolve=world.resolve, backend=world
    ) as client:
        yield client


async def got(world: World, url: str, typed: str | None = None) -> Fetched:
    async with client(world) as http:
        return await fetch(http, url, typed=typed, limits=LIMITS)


async def refused(world: World, url: str, typed: str | None = None) -> str:
    """Why it is not fetched; nothing was asked of any private address."""
    with pytest.raises(SourceError) as caught:
        await got(world, url, typed)
    return str(caught.value)
