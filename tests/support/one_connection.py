"""An application behind our connections, and requests for it: over real sockets."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.types import Message, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.server import ServerState

from app.connections.limits import STATE_KEY, ConnectionLimits
from app.connections.protocol import Connection

Run = Callable[[Callable[[], Awaitable[None]]], None]
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]

SLOW = b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"
QUICK = b"GET /quick HTTP/1.1\r\nHost: x\r\n\r\n"
NONSENSE = b"no HTTP at all\r\n\r\n"
BEGINNING, MORE = b"the beginning", b"more"


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


@asynccontextmanager
async def busy(
    app: App,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter, ServerState]]:
    """A connection on which the slow request is being answered; and what is open."""
    async with served(app) as (connect, state):
        reader, writer = await connect()
        writer.write(SLOW)
        await app.begun.wait()
        yield reader, writer, state


def post(body: bytes) -> bytes:
    """A request for the body itself."""
    return b"POST /quick HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


def statuses(reply: bytes) -> list[int]:
    return [int(part[:3]) for part in reply.split(b"HTTP/1.1 ")[1:]]


def one_of(state: ServerState) -> Connection:
    (connection,) = state.connections
    assert isinstance(connection, Connection)
    return connection
