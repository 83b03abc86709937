"""A connection to the faulty model, and the record of what was asked over it."""

import asyncio
import json
import socket
from dataclasses import dataclass
from time import monotonic
from typing import Any, Literal, Protocol

from tests.support.raw_server import read_request

Outcome = Literal["live", "finished", "abandoned"]


@dataclass
class ChatCall:
    """One chat request; `abandoned` means that the client has gone before its end."""

    question: str
    asked: float
    fault: str | None = None
    outcome: Outcome = "live"
    ended: float | None = None
    closed: float | None = None  # its connection; None while that is kept for the next request


class Owner(Protocol):
    """What a connection asks of the server it belongs to."""

    links: "set[Link]"

    def note(self, path: str, body: dict[str, Any]) -> ChatCall | None: ...

    def end(self, call: ChatCall, outcome: Outcome) -> None: ...

    async def answer(
        self, path: str, body: Any, call: ChatCall | None, writer: asyncio.StreamWriter
    ) -> bool: ...


class Link(asyncio.StreamReaderProtocol):
    """A connection that tells at once when its client has gone, also while we do not read."""

    def __init__(self, owner: Owner) -> None:
        self.gone = asyncio.Event()
        self.calls: list[ChatCall] = []
        self.transport: asyncio.Transport | None = None
        self._owner = owner
        loop = asyncio.get_running_loop()
        super().__init__(asyncio.StreamReader(loop=loop), self._connected, loop=loop)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        # asyncio does so only where a socket says that it is TCP's, which this listener's do not.
        link: socket.socket = transport.get_extra_info("socket")
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._owner.links.add(self)
        super().connection_made(transport)

    def eof_received(self) -> bool | None:
        self._leave()
        return super().eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        self._leave()
        self._owner.links.discard(self)
        super().connection_lost(error)

    def _leave(self) -> None:
        self.gone.set()
        for call in self.calls:
            call.closed = call.closed or monotonic()
            self._owner.end(call, "abandoned")

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._answer_next(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has gone, or the test is over
        finally:
            writer.close()

    async def _answer_next(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answer one request; False where the connection is not to be used for another."""
        head, body = await read_request(reader)
        path = head.split(b" ", 2)[1].decode().partition("?")[0]
        value = json.loads(body) if body else {}
        call = self._owner.note(path, value)
        if call is not None:
            self.calls.append(call)
        work = asyncio.ensure_future(self._owner.answer(path, value, call, writer))
        leaving = asyncio.ensure_future(self.gone.wait())
        try:
            await asyncio.wait({work, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                return False
            return await work
        finally:
            work.cancel()
            leaving.cancel()
