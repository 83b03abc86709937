"""The connection that is made, those that are not wanted any more, and cancellation."""

import asyncio
import gc
import socket
import ssl
from pathlib import Path

import pytest

from rag_stream.http.happy_eyeballs import Address, Connector, first_connected
from rag_stream.http.pool import HttpPool, Origin
from rag_stream.http.response import BrokenOffError, ConnectFailedError
from tests.support.addresses import Names, v4
from tests.support.asked_by_name import Run, answer
from tests.support.cancelled import cancelled_after
from tests.support.certificate import certificate_of_localhost
from tests.support.deaf import deaf_listener
from tests.support.raw_server import raw_server


async def test_who_connects_a_moment_too_late_is_closed() -> None:
    late, early = v4(1), v4(2)
    may_go, closed = asyncio.Event(), []

    async def connect(address: Address) -> Address:
        if address == late:
            await may_go.wait()
        else:
            may_go.set()
        return address

    async def close(link: Address) -> None:
        closed.append(link)

    assert await first_connected([late, early], 0.0, connect, close) == (early, early)
    assert closed == [late]


@pytest.mark.parametrize("names", ["one", "several"])
def test_small_writes_are_not_held_back(run: Run, names: str) -> None:
    """TCP_NODELAY, which loops set on sockets of their own making."""

    class Told(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            connected = transport.get_extra_info("socket")
            self.no_delay = connected.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            transport.close()  # type: ignore[attr-defined]

    async def main() -> None:
        async with raw_server(answer) as port:
            told = Told()
            addresses = [v4(port)] if names == "one" else [v4(port), v4(port)]
            await Connector(Names(*addresses)).connect(lambda: told, "service.example", 80)
            assert told.no_delay
            await asyncio.sleep(0)

    run(main)


def test_who_answers_is_checked_by_the_name_whatever_the_address(
    run: Run, deaf: Address, tmp_path: Path
) -> None:
    cert, key = certificate_of_localhost(tmp_path)
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(cert, key)

    def trusting() -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(cert))

    async def main() -> None:
        how = (b"GET", b"/", [(b"Host", b"x")])
        async with raw_server(answer, tls=theirs) as port:
            connector = Connector(Names(deaf, v4(port)), attempt_delay_s=0.01)
            async with HttpPool(trusting, connector) as pool:
                response = await pool.send(Origin("localhost", 443, True), *how)
                assert await response.read(100) == b"ok"
                with pytest.raises(ConnectFailedError, match="mismatch|not valid"):
                    await pool.send(Origin("other.example", 443, True), *how)

    run(main)


@pytest.mark.parametrize("is_secure", [False, True])
def test_servers_that_hang_up_at_once_leave_no_socket_behind(run: Run, is_secure: bool) -> None:
    """On uvloop a transport may be closed before the socket it was made of is its own."""

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reset = writer.transport.get_extra_info("socket")
        reset.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    async def main() -> None:
        async with raw_server(hang_up) as port:
            connector = Connector(Names(v4(port), v4(port)))
            async with HttpPool(ssl.create_default_context, connector) as pool:
                origin = Origin("service.example", 80, is_secure)
                for _ in range(50):
                    with pytest.raises((BrokenOffError, ConnectFailedError)):
                        await pool.send(origin, b"GET", b"/", [])
            gc.collect()

    run(main)


@pytest.mark.parametrize("is_secure", [False, True])
def test_a_cancellation_ends_all_attempts_at_every_step_and_is_not_lost(
    run: Run, deaf: Address, is_secure: bool
) -> None:
    async def main() -> None:
        with deaf_listener() as also_deaf:
            async with raw_server(answer) as port:
                addresses = (deaf, v4(also_deaf), v4(port))
                for steps in range(60):
                    connector = Connector(Names(*addresses), attempt_delay_s=0.0)
                    async with HttpPool(ssl.create_default_context, connector) as pool:
                        origin = Origin("service.example", 80, is_secure)
                        asking = await cancelled_after(steps, pool.send(origin, b"GET", b"/", []))
                        if not asking.cancelled():
                            asking.exception()

    run(main)
