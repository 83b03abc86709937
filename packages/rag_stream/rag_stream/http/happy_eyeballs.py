"""Connecting to a name with several addresses: the first that answers wins (RFC 8305).

The next address is tried as soon as one has failed, or after 250 ms; a dead IPv6 address so
costs a quarter of a second instead of the whole time limit. asyncio's own loop does this where
asked, uvloop's, which the service runs on, cannot. `aiohappyeyeballs` (2.7) can, but loses a
cancellation that comes while it ends the attempts that lost: a question then goes on for
nobody. Addresses of both families come from one call of getaddrinfo, in the system's order of
preference (RFC 6724).
"""

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from ipaddress import ip_address
from itertools import chain, zip_longest
from typing import Any, TypeVar

ATTEMPT_DELAY_S = 0.25
"""How long an address is tried alone: what the RFC recommends."""
_OURS = {errno.EMFILE, errno.ENFILE}

Address = tuple[int, int, int, str, tuple[Any, ...]]
"""As getaddrinfo gives them: family, type, protocol, canonical name, socket address."""
Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]
_Link = TypeVar("_Link")


async def resolve(host: str, port: int) -> Sequence[Address]:
    """The addresses of a name, the preferred one first. Raises OSError."""
    try:
        return await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # a part of it is empty, or longer than 63 characters
        raise OSError(f"expected a name that can be looked up, got {host!r}") from error


class Connector:
    """Makes connections; remembers which address of a name answered last, to try it first."""

    def __init__(
        self, resolve: Resolve = resolve, attempt_delay_s: float = ATTEMPT_DELAY_S
    ) -> None:
        self._resolve = resolve
        self._attempt_delay_s = attempt_delay_s
        self._answered: dict[tuple[str, int], Address] = {}

    async def connect(
        self, factory: Callable[[], asyncio.BaseProtocol], host: str, port: int, **options: Any
    ) -> None:
        """As the loop's create_connection, whose `options` are taken. Raises OSError."""
        loop = asyncio.get_running_loop()
        if not _is_address(host):
            found = await self._resolve(host, port)
            if not found:
                raise OSError(f"expected an address for {host!r}, got none")
            if len(found) > 1:
                connected = await self._first(host, port, found)
                await wrap(loop, factory, connected, options)
                return
            host, port = host_and_port(found[0])
        await loop.create_connection(factory, host, port, **options)  # there is no choice

    async def _first(self, host: str, port: int, found: Sequence[Address]) -> socket.socket:
        addresses = in_turn(found, self._answered.get((host, port)))
        connected, self._answered[host, port] = await first_connected(
            addresses, self._attempt_delay_s, _attempt, _close
        )
        return connected


def in_turn(found: Iterable[Address], answered: Address | None) -> list[Address]:
    """The order to try them in: `answered`, which did the last time, then families in turns."""
    addresses = interleaved(found)
    if answered in addresses:
        addresses.remove(answered)
        addresses.insert(0, answered)
    return addresses


def interleaved(addresses: Iterable[Address]) -> list[Address]:
    """The same addresses, families taking turns; each family keeps its order."""
    families: dict[int, list[Address]] = {}
    for address in addresses:
        families.setdefault(address[0], []).append(address)
    turns = chain.from_iterable(zip_longest(*families.values()))
    return [address for address in turns if address is not None]


async def first_connected(
    addresses: Sequence[Address],
    attempt_delay_s: float,
    connect: Callable[[Address], Awaitable[_Link]],
    close: Callable[[_Link], Awaitable[None]],
) -> tuple[_Link, Address]:
    """What `connect` made of the first address that let it; every other one is closed.

    `connect` raises OSError where it fails and leaves nothing open where it is cancelled;
    `close` begins to before it first waits. Raises OSError where all fail.
    """
    won: list[tuple[_Link, Address]] = []
    failures: list[OSError] = []
    ended = asyncio.Event()

    async def attempt(address: Address) -> None:
        try:
            connected = await connect(address)
        except OSError as error:
            failures.append(error)
        else:
            if won:
                await close(connected)  # a moment too late
            else:
                won.append((connected, address))
        ended.set()

    try:
        async with asyncio.TaskGroup() as group:
            attempts = []
            for address in addresses:
                ended.clear()
                attempts.append(group.create_task(attempt(address)))
                with suppress(TimeoutError):
                    async with asyncio.timeout(attempt_delay_s):
                        await ended.wait()
                if won:
                    break
            while not won and len(failures) < len(addresses):
                ended.clear()
                await ended.wait()
            for task in attempts:
                task.cancel()
    except BaseException:
        for connected, _ in won:
            await close(connected)
        raise
    if not won:
        # One that is ours (no descriptor is left) says more than those of the others.
        cause = next((failure for failure in failures if failure.errno in _OURS), failures[0])
        raise OSError("; ".join(map(str, failures))) from cause
    return won[0]


async def _attempt(address: Address) -> socket.socket:
    connecting = socket.socket(*address[:3])
    try:
        connecting.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connecting, host_and_port(address))
    except BaseException:
        connecting.close()
        raise
    return connecting


async def _close(connected: socket.socket) -> None:
    connected.close()


async def wrap(
    loop: asyncio.AbstractEventLoop,
    factory: Callable[[], asyncio.BaseProtocol],
    connected: socket.socket,
    options: dict[str, Any],
) -> None:
    # asyncio's transport closes this very object. uvloop's closes the file and may leave the
    # object behind with its number, which by then may be that of another's connection.
    is_shared = isinstance(loop, asyncio.BaseEventLoop)
    try:
        await loop.create_connection(factory, sock=connected, **options)
    except BaseException:
        if is_shared:
            connected.close()
        raise
    finally:
        if not is_shared:
            connected.detach()


def host_and_port(address: Address) -> tuple[str, int]:
    """An address in words, the interface of a link-local one included."""
    host, port, *more = address[4]
    # uvloop's sock_connect takes no more than these two.
    return (f"{host}%{more[1]}" if len(more) > 1 and more[1] else host), port


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
