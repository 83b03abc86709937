"""Names that are none, unknown, the system's own, or addresses already."""

import asyncio
import socket

import pytest

from rag_stream.http.happy_eyeballs import Address, Connector
from rag_stream.http.pool import HttpPool
from rag_stream.http.response import ConnectFailedError
from tests.support.addresses import Names, v4
from tests.support.asked_by_name import Run, answer, ask
from tests.support.raw_server import raw_server

NO_NAMES = ["a..b", ".a", f"{'a' * 64}.example", "\udc80", "", f"xn--{'a' * 70}", "a\0b"]


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_can_be_no_name_is_one_that_is_not_found(name: str, run: Run) -> None:
    async def main() -> None:
        with pytest.raises(OSError, match="."):
            await Connector().connect(asyncio.Protocol, name, 9)
        async with HttpPool() as pool:
            with pytest.raises(ConnectFailedError):
                await ask(pool, name)

    run(main)


def test_a_name_without_addresses_or_that_is_unknown_is_an_error(run: Run) -> None:
    async def unknown(host: str, port: int) -> tuple[Address, ...]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    async def main() -> None:
        for names, words in ((Names(), "an address for 'service"), (unknown, "no such name")):
            async with HttpPool(connector=Connector(names)) as pool:
                with pytest.raises(ConnectFailedError, match=words):
                    await ask(pool)

    run(main)


def test_one_address_and_an_address_for_a_name_are_connected_directly(run: Run) -> None:
    async def nobody_asks(host: str, port: int) -> tuple[Address, ...]:
        raise AssertionError(f"{host!r} was resolved")

    async def main() -> None:
        async with raw_server(answer) as port:
            async with HttpPool(connector=Connector(Names(v4(port)))) as pool:
                assert await ask(pool) == b"ok"
            async with HttpPool(connector=Connector(nobody_asks)) as pool:
                assert await ask(pool, "127.0.0.1", port) == b"ok"

    run(main)


def test_the_systems_own_names_are_resolved(run: Run) -> None:
    async def main() -> None:
        async with raw_server(answer) as port, HttpPool() as pool:
            assert await ask(pool, "localhost", port) == b"ok"

    run(main)
