"""Addresses of a name, and either event loop to connect to them on."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvloop

from rag_stream.http.happy_eyeballs import Address


def v6(port: int, host: str = "::1") -> Address:
    return (socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port, 0, 0))


def v4(port: int, host: str = "127.0.0.1") -> Address:
    return (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port))


class Names:
    """Resolves every name to the same addresses."""

    def __init__(self, *addresses: Address) -> None:
        self.addresses = addresses

    async def __call__(self, host: str, port: int) -> tuple[Address, ...]:
        return self.addresses


def run_on(loop: str, main: Callable[[], Awaitable[None]], within_s: float = 20.0) -> None:
    """Run `main` on a new loop, "asyncio" or "uvloop"."""

    async def in_time() -> None:
        async with asyncio.timeout(within_s):
            await main()

    factory = uvloop.new_event_loop if loop == "uvloop" else None
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(in_time())


def open_sockets() -> int:
    """How many sockets this process has open."""
    links = (Path("/proc/self/fd") / name for name in os.listdir("/proc/self/fd"))  # noqa: PTH208
    return sum(link.is_symlink() and str(link.readlink()).startswith("socket:") for link in links)
