"""Requests sent without waiting, and clients that leave: over real sockets, on both loops."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import pytest
from starlette.types import Message, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.server import ServerState

from app.connections.limits import STATE_KEY, ConnectionLimits
from app.connections.protocol import MOST_AHEAD, Connection
from tests.support.addresses import run_on

Run = Callable[[Callable[[], Awaitable[None]]], None]
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]

SLOW = b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"
QUICK = b"GET /quick HTTP/1.1\r\nHost: x\r\n\r\n"
NONSENSE = b"no HTTP at all\r\n\r\n"
BEGINNING, MORE = b"the beginning", b"more"


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    return partial(run_on, request.param)


class App:
    """/slow begins its answer, and ends it when it is told to, or when its client has left."""

    def __init__(self, *, begins: bool = True) -> None:
        self.begun = asyncio.Event()
        self.released = asyncio.Event()
        self.left = asyncio.Event()
        self.failures: list[Exception] = []
        self.quick = 0
        self._begins = begins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await (self._slow if scope["path"] == "/slow" else self._quick)(receive, send)
        except Exception as error:
            self.failures.append(error)
            raise

    async def _slow(self, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        if self._begins:
            await send(start())
            await send({"type": "http.response.body", "body": BEGINNING, "more_body": True})
        self.begun.set()
        leaving = asyncio.create_task(self._leaving(receive))
        await asyncio.wait(
            {leaving, asyncio.create_task(self.released.wait())},
            return_when=asyncio.FIRST_COMPLETED,
        )
        leaving.cancel()
        self.released.set()
        if not self._begins:
            await send(start())
        await send({"type": "http.response.body", "body": MORE})

    async def _leaving(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.left.set()

    async def _quick(self, receive: Receive, send: Send) -> None:
        self.quick += 1
        body = b""
        message: Message = {"more_body": True}
        while message.get("more_body"):
            message = await receive()
            body += message.get("body", b"")
        await send(start((b"content-length", b"%d" % len(body))))
        await send({"type": "http.response.body", "body": body})


def start(*headers: tuple[bytes, bytes]) -> Message:
    return {"type": "http.response.start", "status": 200, "headers": list(headers)}


@asynccontextmanager
async def served(app: App) -> AsyncIterator[tuple[Callable[[], Awaitable[Streams]], ServerState]]:
    """The application behind our connections; gives a way to connect, and what is open."""
    config = Config(app, ws="none", log_config=None, access_log=False, proxy_headers=False)
    limits = ConnectionLimits(60, 1000, 1000)
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(config, state, {STATE_KEY: limits}), "127.0.0.1", 0
    )
    port = server.sockets[0].getsockname()[1]
    opened: list[asyncio.StreamWriter] = []

    async def connect() -> Streams:
        streams = await asyncio.open_connection("127.0.0.1", port)
        opened.append(streams[1])
        return streams

    try:
        yield connect, state
    finally:
        app.released.set()
        for writer in opened:
            writer.transport.abort()
        while state.connections or state.tasks:  # noqa: ASYNC110 - told by no event
            await asyncio.sleep(0.001)
        limits.close()
        server.close()
        await server.wait_closed()


def statuses(reply: bytes) -> list[int]:
    return [int(part[:3]) for part in reply.split(b"HTTP/1.1 ")[1:]]


# Clients that leave


@pytest.mark.parametrize("kind", ["ends", "resets"])
@pytest.mark.parametrize("waiting", [0, 1, 2, 10])
def test_leaving_is_noticed_whatever_was_asked_for_besides(
    run: Run, waiting: int, kind: str
) -> None:
    async def main() -> None:
        app = App(begins=False)  # so that no write can notice it
        async with served(app) as (connect, _):
            _, writer = await connect()
            writer.write(SLOW)
            await app.begun.wait()
            if waiting:
                writer.write(QUICK * waiting)
                await writer.drain()
                await asyncio.sleep(0.05)  # read, and not only arrived with the end
            writer.transport.abort() if kind == "resets" else writer.close()
            await app.left.wait()
        assert app.quick == 0

    run(main)


def test_what_is_sent_ahead_waits_in_the_network(run: Run) -> None:
    """Not in our memory; and when the time has come, all of it is there."""

    async def main() -> None:
        app = App()
        async with served(app) as (connect, state):
            reader, writer = await connect()
            writer.write(SLOW)
            await app.begun.wait()
            body = b"y" * 20_000_000
            ahead = b"POST /quick HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
            writer.write(ahead + body)
            connection = one_of(state)
            await asyncio.sleep(0.2)
            assert len(connection.cycle.body) < 1_000_000
            assert not app.left.is_set()
            app.released.set()
            await reader.readuntil(MORE)
            await reader.readuntil(b"content-length: %d\r\n\r\n" % len(body))
            assert await reader.readexactly(len(body)) == body

    run(main)


def one_of(state: ServerState) -> Connection:
    (connection,) = state.connections
    assert isinstance(connection, Connection)
    return connection


# What is refused behind others


@pytest.mark.parametrize(
    "refused",
    [NONSENSE, b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 110],
    ids=["nonsense", "many headers"],
)
@pytest.mark.parametrize("begins", [True, False], ids=["begun", "not begun"])
@pytest.mark.parametrize("waiting", [0, 1, 2])
def test_what_is_due_is_answered_before_the_connection_of_a_refusal_ends(
    run: Run, waiting: int, refused: bytes, begins: bool
) -> None:
    """And the refusal is never written into the answer to another request, nor instead of it."""

    async def main() -> None:
        app = App(begins=begins)
        async with served(app) as (connect, _):
            reader, writer = await connect()
            writer.write(SLOW)
            await app.begun.wait()
            writer.write(QUICK * waiting + refused)
            await asyncio.sleep(0.05)
            assert not app.left.is_set()
            app.released.set()
            reply = await reader.read()
        assert statuses(reply) == [200] * (1 + waiting)
        assert MORE in reply
        assert app.failures == []
        assert app.quick == waiting

    run(main)


@pytest.mark.parametrize("waiting", [0, 1])
def test_a_request_whose_body_breaks_off_behind_others_is_not_begun(run: Run, waiting: int) -> None:
    broken = b"POST /quick HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nz\r\n"

    async def main() -> None:
        app = App()
        async with served(app) as (connect, _):
            reader, writer = await connect()
            writer.write(SLOW)
            await app.begun.wait()
            writer.write(QUICK * waiting + broken + b"no size\r\n")
            await asyncio.sleep(0.05)
            app.released.set()
            reply = await reader.read()
        assert statuses(reply) == [200] * (1 + waiting)
        assert app.failures == []
        assert app.quick == waiting

    run(main)


@pytest.mark.parametrize("waiting", [0, 1])
def test_an_address_that_is_none_costs_those_before_it_nothing(run: Run, waiting: int) -> None:
    async def main() -> None:
        app = App(begins=False)
        async with served(app) as (connect, _):
            reader, writer = await connect()
            writer.write(SLOW)
            await app.begun.wait()
            writer.write(QUICK * waiting + b"GET http://a:99999999/ HTTP/1.1\r\nHost: x\r\n\r\n")
            await asyncio.sleep(0.05)
            app.released.set()
            reply = await reader.read()
        assert statuses(reply) == [200] * (1 + waiting)
        assert app.quick == waiting
        assert app.failures == []

    run(main)


def test_who_leaves_after_a_refusal_is_noticed(run: Run) -> None:
    async def main() -> None:
        app = App()
        async with served(app) as (connect, _):
            _, writer = await connect()
            writer.write(SLOW)
            await app.begun.wait()
            writer.write(NONSENSE)
            await asyncio.sleep(0.05)
            writer.transport.abort()
            await app.left.wait()

    run(main)


@pytest.mark.parametrize("chunked", [True, False])
def test_a_body_in_pieces_arrives_whole(run: Run, chunked: bool) -> None:
    body = bytes(range(256)) * 400
    if chunked:
        head = b"Transfer-Encoding: chunked\r\n\r\n"
        sent = head + b"".join(b"1\r\n%b\r\n" % bytes([byte]) for byte in body) + b"0\r\n\r\n"
    else:
        sent = b"Content-Length: %d\r\n\r\n%b" % (len(body), body)

    async def main() -> None:
        app = App()
        async with served(app) as (connect, _):
            reader, writer = await connect()
            for _ in range(2):
                writer.write(b"POST /quick HTTP/1.1\r\nHost: x\r\n" + sent)
            for _ in range(2):
                await reader.readuntil(b"content-length: %d\r\n\r\n" % len(body))
                assert await reader.readexactly(len(body)) == body

    run(main)


@pytest.mark.parametrize("before", [0, 3])
def test_a_refusal_follows_the_answers_before_it(run: Run, before: int) -> None:
    async def main() -> None:
        async with served(App()) as (connect, _):
            reader, writer = await connect()
            for _ in range(before):
                writer.write(QUICK)
                await reader.readuntil(b"\r\n\r\n")
            writer.write(NONSENSE)
            reply = await reader.read()
        assert statuses(reply) == [400]
        assert json.loads(reply.partition(b"\r\n\r\n")[2])["code"] == "bad_request"

    run(main)


# Many at once


def test_a_few_requests_ahead_are_answered_in_order_and_the_connection_stays(run: Run) -> None:
    async def main() -> None:
        app = App()
        async with served(app) as (connect, _):
            reader, writer = await connect()
            for turn in range(3):
                for number in range(MOST_AHEAD + 1):
                    body = b"%d of turn %d" % (number, turn)
                    head = b"POST /quick HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
                    writer.write(head % len(body) + body)
                for number in range(MOST_AHEAD + 1):
                    assert b"connection" not in await reader.readuntil(b"\r\n\r\n")
                    body = b"%d of turn %d" % (number, turn)
                    assert await reader.readexactly(len(body)) == body
        assert app.quick == 3 * (MOST_AHEAD + 1)

    run(main)


@pytest.mark.parametrize("pieces", [1, 40], ids=["at once", "in pieces"])
def test_so_many_requests_ahead_are_taken_and_the_last_answer_says_so(
    run: Run, pieces: int
) -> None:
    async def main() -> None:
        app = App()
        async with served(app) as (connect, state):
            reader, writer = await connect()
            writer.write(SLOW)
            await app.begun.wait()
            for _ in range(pieces):
                writer.write(QUICK * (10_000 // pieces))
                await writer.drain()
                await asyncio.sleep(0.002)
            assert len(one_of(state).pipeline) == MOST_AHEAD
            assert not app.left.is_set()
            app.released.set()
            reply = await reader.read()
        assert statuses(reply) == [200] * (1 + MOST_AHEAD)
        assert reply.endswith(b"content-length: 0\r\nconnection: close\r\n\r\n")
        assert reply.count(b"connection: close") == 1
        assert (app.quick, app.failures) == (MOST_AHEAD, [])

    run(main)


def test_who_sends_far_too_many_and_leaves_is_noticed(run: Run) -> None:
    async def main() -> None:
        app = App(begins=False)
        async with served(app) as (connect, _):
            _, writer = await connect()
            writer.write(SLOW)
            await app.begun.wait()
            writer.write(QUICK * 5_000)
            await writer.drain()
            writer.close()
            await app.left.wait()
        assert app.quick == 0

    run(main)


def test_who_never_stops_sending_is_cut_off(run: Run) -> None:
    async def main() -> None:
        app = App()
        async with served(app) as (connect, _):
            _, writer = await connect()
            writer.write(SLOW)
            await app.begun.wait()
            with pytest.raises(ConnectionError):
                await send_without_end(writer)
            await app.left.wait()

    run(main)


async def send_without_end(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(QUICK * 5_000)
        await writer.drain()
