"""Connections to public addresses only: checked is the address that is connected to."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence

import httpcore

from ingest.sources.addresses import is_public

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

_FIRST_TRY_SECONDS = 3.0
"""For an address while there are others: IPv6 that leads nowhere is common."""


class PrivateAddressError(Exception):
    """The address is not one of the public internet and nobody typed it."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self.host, self.port = host, port


async def resolve(host: str, port: int) -> Sequence[str]:
    """All addresses of a name, as the system has them, decimal and octal forms included."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Connects to public addresses only; with `typed` to any, but for hosts known as public."""

    def __init__(
        self, inner: httpcore.AsyncNetworkBackend, resolve: Resolve, *, typed: bool
    ) -> None:
        self._inner = inner
        self._resolve = resolve
        self._typed = typed
        self._public: set[tuple[str, int]] = set()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first address of `host` that is allowed and accepts one."""
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._allowed(host, port)
                last = len(addresses) - 1
                for number, address in enumerate(addresses):
                    try:
                        patience = timeout if number == last else _FIRST_TRY_SECONDS
                        stream = await self._inner.connect_tcp(
                            address, port, patience, local_address, socket_options
                        )
                    except (httpcore.ConnectError, httpcore.ConnectTimeout):
                        if number == last:
                            raise
                    else:
                        if is_public(address):
                            self._public.add((host, port))
                        return stream
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("no connection in time") from error
        except OSError as error:  # of the resolver
            raise httpcore.ConnectError("the name could not be resolved") from error
        raise httpcore.ConnectError("the name has no address")

    async def _allowed(self, host: str, port: int) -> Sequence[str]:
        addresses = await self._resolve(host, port)
        if self._typed and (host, port) not in self._public:
            return addresses
        allowed = [address for address in addresses if is_public(address)]
        if addresses and not allowed:
            raise PrivateAddressError(host, port)
        return allowed
