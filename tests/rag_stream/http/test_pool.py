"""The pool: connections kept, replaced, refused and ended."""

import asyncio
import gc
import socket
import ssl
import weakref
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path

import pytest
import uvloop

from rag_stream.http import pool as http_pool
from rag_stream.http.pool import HttpPool, Origin
from rag_stream.http.response import BrokenOffError, ConnectFailedError, TimedOutError
from tests.support.certificate import certificate_of_localhost
from tests.support.deaf import deaf_listener
from tests.support.raw_server import raw_server, read_request

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Counter:
    """Answers every request; counts connections and requests."""

    def __init__(self, *, requests_each: int = 1_000, delay_s: float = 0.0) -> None:
        self.connections = self.requests = 0
        self._requests_each = requests_each
        self._delay_s = delay_s

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        for _ in range(self._requests_each):
            await read_request(reader)
            self.requests += 1
            await asyncio.sleep(self._delay_s)
            writer.write(OK)


async def get(pool: HttpPool, port: int, host: str = "127.0.0.1", **options: float) -> bytes:
    response = await pool.send(Origin(host, port), b"GET", b"/", [(b"Host", b"x")], **options)
    try:
        return await response.read(10_000_000)
    finally:
        response.close()


async def test_a_connection_is_used_again() -> None:
    server = Counter()
    async with raw_server(server) as port, HttpPool() as pool:
        for _ in range(5):
            assert await get(pool, port) == b"ok"
    assert (server.connections, server.requests) == (1, 5)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_a_connection_does_not_hold_on_to_who_made_it(loop: str, host: str) -> None:
    """A transport keeps the context it was made in: with it a run, and all of its log."""

    class Run:
        pass

    of_request: ContextVar[Run] = ContextVar("of_request")

    async def ask(pool: HttpPool, port: int) -> "weakref.ref[Run]":
        run = Run()
        of_request.set(run)
        await get(pool, port, host, read_timeout_s=30.0)
        return weakref.ref(run)

    async def main() -> None:
        async with raw_server(Counter()) as port, HttpPool() as pool:
            run = await asyncio.create_task(ask(pool, port))
            await asyncio.sleep(0)
            gc.collect()
            assert run() is None

    with asyncio.Runner(loop_factory=uvloop.new_event_loop if loop == "uvloop" else None) as runner:
        runner.run(main())


async def test_requests_at_a_time_have_a_connection_each_and_are_kept_apart() -> None:
    server = Counter(delay_s=0.01)
    async with raw_server(server) as port, HttpPool() as pool:
        for _ in range(4):
            assert await asyncio.gather(*(get(pool, port) for _ in range(20))) == [b"ok"] * 20
    assert (server.connections, server.requests) == (20, 80)


async def test_a_connection_the_server_has_closed_is_replaced() -> None:
    server = Counter(requests_each=1)
    async with raw_server(server) as port, HttpPool() as pool:
        for _ in range(5):
            # Right after the answer: the end may not have been noticed yet.
            assert await get(pool, port) == b"ok"
    assert server.requests == 5


async def test_a_new_connection_that_breaks_off_is_not_tried_again() -> None:
    asked = 0

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        await read_request(reader)
        asked += 1

    async with raw_server(hang_up) as port, HttpPool() as pool:
        with pytest.raises(BrokenOffError):
            await get(pool, port)
    assert asked == 1


async def test_an_answer_that_had_begun_is_not_asked_for_again() -> None:
    asked = 0

    async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        await read_request(reader)
        writer.write(OK)
        await read_request(reader)
        asked += 1
        writer.write(OK[:10])
        await writer.drain()

    async with raw_server(break_off) as port, HttpPool() as pool:
        assert await get(pool, port) == b"ok"
        with pytest.raises(BrokenOffError):
            await get(pool, port)
    assert asked == 1


async def test_what_lay_unused_for_long_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_pool, "IDLE_S", -1.0)
    server = Counter()
    async with raw_server(server) as port, HttpPool() as pool:
        await get(pool, port)
        await get(pool, port)
    assert server.connections == 2


async def test_not_more_are_kept_than_is_sensible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_pool, "MOST_IDLE", 2)
    server = Counter(delay_s=0.01)
    async with raw_server(server) as port, HttpPool() as pool:
        await asyncio.gather(*(get(pool, port) for _ in range(5)))
        await asyncio.gather(*(get(pool, port) for _ in range(5)))
    assert server.connections == 5 + 3


async def test_nobody_there_is_an_error() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        async with HttpPool() as pool:
            with pytest.raises(ConnectFailedError, match="no connection"):
                await get(pool, free.getsockname()[1])


async def test_a_connection_that_is_not_taken_times_out() -> None:
    with deaf_listener() as port:
        async with HttpPool() as pool:
            with pytest.raises(TimedOutError, match=r"within 0\.1 s") as caught:
                await get(pool, port, connect_timeout_s=0.1)
    assert caught.value.connecting


async def test_a_request_that_is_cancelled_ends_its_connection() -> None:
    ended = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        await reader.read(10_000_000)
        ended.set()

    async with raw_server(silent) as port, HttpPool() as pool:
        asking = asyncio.create_task(get(pool, port))
        await asyncio.sleep(0.05)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await ended.wait()


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_a_pool_can_be_closed_whenever_requests_were_cancelled(run: Callable[..., None]) -> None:
    async def cancel_at_every_step() -> None:
        async with raw_server(Counter()) as port, asyncio.timeout(20):
            for steps in range(30):
                async with HttpPool() as pool:
                    asking = asyncio.create_task(get(pool, port))
                    for _ in range(steps):
                        await asyncio.sleep(0)
                    asking.cancel()
                    await asyncio.gather(asking, return_exceptions=True)

    run(cancel_at_every_step())


async def test_closing_fails_what_is_under_way_and_what_comes_after() -> None:
    async with raw_server(Counter(delay_s=60.0)) as port:
        pool = HttpPool()
        asking = asyncio.create_task(get(pool, port))
        await asyncio.sleep(0.05)
        await pool.aclose()
        with pytest.raises(BrokenOffError):
            await asking
        with pytest.raises(ConnectFailedError, match="closed"):
            await get(pool, port)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    return certificate_of_localhost(tmp_path)


@pytest.mark.services
async def test_a_secure_connection_checks_who_answers(certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(cert, key)
    server = Counter()
    async with raw_server(server, tls=theirs) as port:
        ask = (b"GET", b"/", [(b"Host", b"localhost")])
        trusting = HttpPool(lambda: ssl.create_default_context(cafile=str(cert)))
        async with trusting as pool:
            for _ in range(3):
                response = await pool.send(Origin("localhost", port, True), *ask)
                assert await response.read(10_000_000) == b"ok"
            with pytest.raises(ConnectFailedError, match="mismatch|not valid"):
                await pool.send(Origin("127.0.0.1", port, True), *ask)
            response = await pool.send(
                Origin("127.0.0.1", port, True), *ask, server_name="localhost"
            )
            assert await response.read(10_000_000) == b"ok"
        async with HttpPool() as pool:
            with pytest.raises(ConnectFailedError, match="certificate"):
                await pool.send(Origin("localhost", port, True), *ask)
    assert server.requests == 4
