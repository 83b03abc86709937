"""The sockets the service listens on."""

import asyncio
import socket
import time

import pytest
import uvloop

from app.lifecycle.sockets import ACCEPTING, address_of, listening_sockets
from rag_stream.errors import SettingsError


def close(sockets: list[socket.socket]) -> None:
    for one in sockets:
        one.close()


def test_an_address_has_several_handles() -> None:
    sockets = listening_sockets("127.0.0.1", 0, 60)
    try:
        assert len({one.getsockname() for one in sockets}) == 1
        assert [one.family for one in sockets] == [socket.AF_INET] * ACCEPTING
    finally:
        close(sockets)


def test_a_name_is_listened_on_at_its_addresses() -> None:
    names = {info[4][0] for info in socket.getaddrinfo("localhost", 0, type=socket.SOCK_STREAM)}
    sockets = listening_sockets("localhost", 0, 60)
    try:
        assert "127.0.0.1" in {one.getsockname()[0] for one in sockets} <= names
    finally:
        close(sockets)


def test_an_address_of_another_machine_is_named() -> None:
    with pytest.raises(SettingsError, match=r"HOST, PORT: .*'192\.0\.2\.1', 8000: "):
        listening_sockets("192.0.2.1", 8000, 60)


def test_an_address_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"HOST, PORT: .*'127.0.0.1', {port}: .*in use"):
            listening_sockets("127.0.0.1", port, 60)


def test_a_name_that_is_none_is_named() -> None:
    with pytest.raises(SettingsError, match=r"HOST, PORT: .*'no\.such\.host\.invalid', 80"):
        listening_sockets("no.such.host.invalid", 80, 60)


def test_a_round_of_a_busy_loop_takes_several_connections() -> None:
    async def taken_in_a_round() -> int:
        sockets = listening_sockets("127.0.0.1", 0, 60)
        loop = asyncio.get_running_loop()
        taken = 0

        class Guest(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                nonlocal taken
                taken += 1
                transport.close()

        servers = [await loop.create_server(Guest, sock=one) for one in sockets]
        guests = [socket.create_connection(sockets[0].getsockname()) for _ in range(ACCEPTING)]
        await asyncio.sleep(0)
        time.sleep(0.05)  # noqa: ASYNC251 - all are at the door
        before, most = taken, 0
        while taken < len(guests):
            await asyncio.sleep(0)
            before, most = taken, max(most, taken - before)
        close(guests)
        for server in servers:
            server.close()
        return most

    assert uvloop.run(taken_in_a_round()) > 1


@pytest.mark.parametrize(("host", "name"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")])
def test_its_address_is_one_that_a_browser_takes(host: str, name: str) -> None:
    sockets = listening_sockets(host, 0, 60)
    port = sockets[0].getsockname()[1]
    assert port
    assert address_of(host, sockets[0]) == f"http://{name}:{port}"
    close(sockets)


def test_all_addresses_of_a_name_have_one_port() -> None:
    sockets = listening_sockets("localhost", 0, 60)
    assert len({one.getsockname()[1] for one in sockets}) == 1
    close(sockets)
