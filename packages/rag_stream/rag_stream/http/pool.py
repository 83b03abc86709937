"""Connections kept open between requests, by origin."""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextvars import Context
from dataclasses import dataclass
from typing import Any, Self

from rag_stream.http.connection import Connection, head
from rag_stream.http.happy_eyeballs import Connector
from rag_stream.http.response import (
    BrokenOffError,
    ConnectFailedError,
    Response,
    TimedOutError,
)

IDLE_S = 15.0
"""How long an unused connection is kept: most servers keep theirs longer, and one that is
closed under our hands is replaced."""
MOST_IDLE = 100
"""Unused connections kept for one origin."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where connections lead."""

    host: str
    port: int
    is_secure: bool = False


class HttpPool:
    """Sends requests over connections of its own; belongs to one event loop.

    As many connections as there are requests at a time: it is for the caller to bound them.
    """

    def __init__(
        self,
        tls: Callable[[], ssl.SSLContext] = ssl.create_default_context,
        connector: Connector | None = None,
    ) -> None:
        """`tls` makes the context of secure connections, at the first one: it reads files."""
        self._make_tls = tls
        self._connector = connector or Connector()
        self._tls: ssl.SSLContext | None = None
        self._idle: defaultdict[Origin, list[Connection]] = defaultdict(list)
        self._open: set[Connection] = set()
        self._is_closed = False

    async def send(
        self,
        origin: Origin,
        method: bytes,
        target: bytes,
        headers: Sequence[tuple[bytes, bytes]],
        body: bytes = b"",
        *,
        connect_timeout_s: float | None = None,
        read_timeout_s: float | None = None,
        server_name: str | None = None,
    ) -> Response:
        """Send a request and return the answer once its head is there.

        Raises ConnectFailedError, BrokenOffError, TimedOutError; ValueError for headers that
        are none.
        """
        request = head(method, target, headers) + body
        connection = self._take_idle(origin)
        if connection is None:
            connection = await self._connect(origin, connect_timeout_s, server_name)
        else:
            try:
                return await connection.exchange(request, read_timeout_s)
            except BrokenOffError:
                if connection.has_answered:
                    raise
                # Most likely closed by the server while it lay unused: that says nothing of
                # this request (RFC 9112, 9.3.1), which deserves a connection of its own.
                connection = await self._connect(origin, connect_timeout_s, server_name)
        return await connection.exchange(request, read_timeout_s)

    async def aclose(self) -> None:
        """End all connections and wait until they are gone; requests under way fail."""
        self._is_closed = True
        for connection in list(self._open):
            connection.abort()
        while self._open:  # noqa: ASYNC110 - a step of the loop or two
            await asyncio.sleep(0)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def _take_idle(self, origin: Origin) -> Connection | None:
        kept = self._idle[origin]
        oldest_s = asyncio.get_running_loop().time() - IDLE_S
        while kept:
            connection = kept.pop()  # the one used last
            if connection.is_open:
                if connection.idle_since >= oldest_s:
                    return connection
                connection.abort()
        return None

    async def _connect(
        self, origin: Origin, timeout_s: float | None, server_name: str | None
    ) -> Connection:
        if self._is_closed:
            raise ConnectFailedError("the pool is closed")
        secure: dict[str, Any] = {}
        if origin.is_secure:
            if self._tls is None:
                self._tls = await asyncio.to_thread(self._make_tls)
            secure = {"ssl": self._tls, "server_hostname": server_name or origin.host}

        def give_back(connection: Connection) -> None:
            kept = self._idle[origin]
            if self._is_closed or len(kept) >= MOST_IDLE:
                connection.abort()
            else:
                kept.append(connection)

        connection = Connection(
            on_open=self._open.add, on_idle=give_back, on_lost=self._open.discard
        )
        making = self._connector.connect(lambda: connection, origin.host, origin.port, **secure)
        is_made = False
        try:
            async with asyncio.timeout(timeout_s):
                # In a context of its own, which a transport keeps as long as it lives: that of
                # the request that happens to be the first holds its run with all of its log.
                await asyncio.create_task(making, context=Context())
            is_made = True
        except TimeoutError as error:
            words = f"no connection within {timeout_s:g} s"
            raise TimedOutError(words, connecting=True) from error
        except OSError as error:  # ssl.SSLError is one
            raise ConnectFailedError(f"no connection: {error}") from error
        finally:
            if not is_made:
                # Cancelled, uvloop ends the socket, but tells nobody of it.
                self._open.discard(connection)
                connection.abort()  # it may have been made in that very moment
        return connection
