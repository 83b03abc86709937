"""Failures for want of descriptors, however they are wrapped, and the limit itself."""

import asyncio
import errno
import resource
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress

import anyio
import httpx
import pytest

from app.lifecycle.descriptors import are_lacking, tell_seldom
from rag_stream.http.happy_eyeballs import Address, Connector
from rag_stream.http.pool import HttpPool, Origin
from tests.support.addresses import v4, v6
from tests.support.paths import ROOT


async def of_our_pool() -> None:
    async with HttpPool() as pool:
        await pool.send(Origin("127.0.0.1", 9), b"GET", b"/", [])


async def of_our_pool_by_name() -> None:
    async with HttpPool() as pool:
        await pool.send(Origin("localhost", 9), b"GET", b"/", [])


async def resolved(host: str, port: int) -> list[Address]:
    return [v6(port), v4(port)]


async def of_several_addresses() -> None:
    await Connector(resolved).connect(asyncio.Protocol, "a name", 9)


async def of_httpx() -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.get("http://127.0.0.1:9/")


async def of_anyio() -> None:
    await anyio.connect_tcp("localhost", 9)


@pytest.mark.parametrize(
    "connect", [of_our_pool, of_our_pool_by_name, of_several_addresses, of_httpx, of_anyio]
)
async def test_it_is_found_behind_what_connections_raise(connect: Callable[[], object]) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with pytest.raises(Exception, match=".") as of_nobody:
        await connect()  # type: ignore[misc]
    assert not are_lacking(of_nobody.value)
    with socket.socket() as last:
        resource.setrlimit(resource.RLIMIT_NOFILE, (last.fileno() + 1, hard))
        held = []
        try:
            with suppress(OSError):
                while True:
                    held.append(socket.socket())
            with pytest.raises(Exception, match=".") as of_lack:
                await connect()  # type: ignore[misc]
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            for one in held:
                one.close()
    assert are_lacking(of_lack.value)


def test_a_chain_that_leads_back_has_an_end() -> None:
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert not are_lacking(first)
    second.__context__ = OSError(errno.ENFILE, "the system has no more")
    assert not are_lacking(first)  # it was said that this is not why
    second.__suppress_context__ = False
    assert are_lacking(first)


async def test_what_cannot_be_accepted_is_told_seldom(caplog: pytest.LogCaptureFixture) -> None:
    loop = asyncio.get_running_loop()
    others: list[str] = []
    loop.set_exception_handler(lambda _, context: others.append(context["message"]))
    tell_seldom(loop)
    lack, another = OSError(errno.EMFILE, "none left"), OSError(errno.EBADF, "bad")
    with socket.socket() as listening:
        for _ in range(100):
            loop.call_exception_handler({"message": "x", "exception": lack, "socket": listening})
        loop.call_exception_handler({"message": "y", "exception": another, "socket": listening})
    loop.call_exception_handler({"message": "z", "exception": lack})
    assert caplog.text.count("no more connections can be accepted") == 1
    assert others == ["y", "z"]


def test_the_limit_is_raised_as_far_as_it_may_be() -> None:
    program = "; ".join(
        (
            "from app.lifecycle import descriptors",
            "before = descriptors.limit()",
            "descriptors.raise_limit()",
            "print(before, descriptors.limit())",
        )
    )
    shell = 'ulimit -Sn 100 && ulimit -Hn 300 && exec "$@"'
    done = subprocess.run(
        ["sh", "-c", shell, "sh", sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["100", "300"]
