"""Connections to public addresses only: checked is the address that is connected to.

Of several addresses the first that answers is taken (`happy_eyeballs.py`); each is one of those
that were checked.
"""

import asyncio
from collections.abc import Iterable, Sequence

import httpcore

from ingest.sources.addresses import is_public
from rag_stream.http.happy_eyeballs import (
    ATTEMPT_DELAY_S,
    Address,
    Resolve,
    first_connected,
    host_and_port,
    in_turn,
)


class PrivateAddressError(Exception):
    """The address is not one of the public internet and nobody typed it."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self.host, self.port = host, port


def is_public_address(address: Address) -> bool:
    """`is_public`, of what a resolver found."""
    return is_public(host_and_port(address)[0])


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Connects to public addresses only; with `typed` to any, but for hosts known as public.

    Remembers which address of a name answered last, to try it first.
    """

    def __init__(
        self,
        inner: httpcore.AsyncNetworkBackend,
        resolve: Resolve,
        *,
        typed: bool,
        attempt_delay_s: float = ATTEMPT_DELAY_S,
    ) -> None:
        """`inner` makes the connections, to addresses."""
        self._inner = inner
        self._resolve = resolve
        self._typed = typed
        self._attempt_delay_s = attempt_delay_s
        self._public: set[str] = set()  # whatever the port: http leads to https
        self._answered: dict[tuple[str, int], Address] = {}

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first address of `host` that is allowed and accepts one."""
        origin = host, port

        async def attempt(address: Address) -> httpcore.AsyncNetworkStream:
            try:
                return await self._inner.connect_tcp(
                    host_and_port(address)[0], port, None, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                raise OSError(str(error)) from error

        try:
            async with asyncio.timeout(timeout):
                addresses = in_turn(await self._allowed(host, port), self._answered.get(origin))
                if not addresses:
                    raise httpcore.ConnectError("the name has no address")
                stream, address = await first_connected(
                    addresses, self._attempt_delay_s, attempt, _close
                )
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("no connection in time") from error
        except OSError as error:  # of the resolver, or of every address
            raise httpcore.ConnectError("no address, or none that accepts") from error
        self._answered[origin] = address
        if is_public_address(address):
            self._public.add(host)
        return stream

    async def _allowed(self, host: str, port: int) -> Sequence[Address]:
        addresses = await self._resolve(host, port)
        if self._typed and host not in self._public:
            return addresses
        allowed = [address for address in addresses if is_public_address(address)]
        if addresses and not allowed:
            raise PrivateAddressError(host, port)
        return allowed


async def _close(stream: httpcore.AsyncNetworkStream) -> None:
    await stream.aclose()
