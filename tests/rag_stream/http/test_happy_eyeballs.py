"""Names with several addresses, some of them dead; on both event loops, over real sockets."""

import asyncio
import gc
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from rag_stream.http.happy_eyeballs import Address, Connector, first_connected, in_turn, interleaved
from rag_stream.http.pool import HttpPool, Origin
from rag_stream.http.response import BrokenOffError, ConnectFailedError, TimedOutError
from tests.support.addresses import Names, open_sockets, run_on, v4, v6
from tests.support.certificate import certificate_of_localhost
from tests.support.deaf import deaf_listener
from tests.support.raw_server import raw_server, read_request

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
AN_HOUR_S = 3600.0

Run = Callable[[Callable[[], Awaitable[None]]], None]


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Iterator[Run]:
    """Runs a coroutine on either loop, and looks that no socket is left open."""
    before = open_sockets()
    yield partial(run_on, request.param)
    gc.collect()
    assert open_sockets() == before


@pytest.fixture
def deaf() -> Iterator[Address]:
    """An IPv6 address that no packet seems to reach."""
    with deaf_listener("::1") as port:
        yield v6(port)


@pytest.fixture
def refusing() -> Iterator[Address]:
    with socket.socket(socket.AF_INET6) as nobody:
        nobody.bind(("::1", 0))
        yield v6(nobody.getsockname()[1])


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        await read_request(reader)
        writer.write(OK)


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


async def ask(pool: HttpPool, host: str = "service.example", port: int = 80, **how: float) -> bytes:
    response = await pool.send(Origin(host, port), b"GET", b"/", [(b"Host", b"x")], **how)
    try:
        return await response.read(100)
    finally:
        response.close()


def test_families_take_turns_and_keep_their_order() -> None:
    sixes, fours = [v6(n) for n in range(3)], [v4(n) for n in range(2)]
    assert interleaved([*sixes, *fours]) == [sixes[0], fours[0], sixes[1], fours[1], sixes[2]]
    assert interleaved(fours) == fours


def test_what_answered_last_comes_first_if_it_is_still_there() -> None:
    sixes, four = [v6(n) for n in range(2)], v4(9)
    assert in_turn([*sixes, four], sixes[1]) == [sixes[1], sixes[0], four]
    assert in_turn(sixes, four) == sixes
    assert in_turn(sixes, None) == sixes


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


def test_a_dead_first_address_does_not_time_out(run: Run, deaf: Address) -> None:
    async def main() -> None:
        async with raw_server(answer) as port:
            connector = Connector(Names(deaf, v4(port)))
            async with HttpPool(connector=connector) as pool:
                assert await ask(pool, connect_timeout_s=10.0) == b"ok"

    run(main)


def test_a_refused_address_is_followed_by_the_next_at_once(run: Run, refusing: Address) -> None:
    async def main() -> None:
        async with raw_server(answer) as port:
            connector = Connector(Names(refusing, v4(port)), attempt_delay_s=AN_HOUR_S)
            async with HttpPool(connector=connector) as pool:
                assert await ask(pool) == b"ok"

    run(main)


def test_the_address_that_answered_is_tried_first_the_next_time(
    run: Run, refusing: Address, deaf: Address
) -> None:
    async def main() -> None:
        async with raw_server(answer) as port:
            names = Names(refusing, v4(port))
            connector = Connector(names, attempt_delay_s=AN_HOUR_S)
            for first in (refusing, deaf):
                names.addresses = (first, v4(port))
                async with HttpPool(connector=connector) as pool:
                    assert await ask(pool) == b"ok"

    run(main)


def test_all_addresses_dead_is_a_connect_timeout(run: Run, deaf: Address) -> None:
    async def main() -> None:
        with deaf_listener() as port:
            connector = Connector(Names(deaf, v4(port)), attempt_delay_s=0.01)
            async with HttpPool(connector=connector) as pool:
                with pytest.raises(TimedOutError, match=r"within 0\.1 s") as caught:
                    await ask(pool, connect_timeout_s=0.1)
        assert caught.value.connecting

    run(main)


def test_all_addresses_refused_is_one_error_that_tells_of_each(run: Run, refusing: Address) -> None:
    async def main() -> None:
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            connector = Connector(Names(refusing, v4(nobody.getsockname()[1])))
            async with HttpPool(connector=connector) as pool:
                with pytest.raises(ConnectFailedError, match=r"::1.*; .*127\.0\.0\.1"):
                    await ask(pool)

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
                        asking = asyncio.create_task(pool.send(origin, b"GET", b"/", []))
                        for _ in range(steps):
                            await asyncio.sleep(0)
                        is_under_way = asking.cancel()
                        await asyncio.wait({asking})
                        if is_under_way:
                            assert asking.cancelled()
                        else:
                            asking.exception()

    run(main)
