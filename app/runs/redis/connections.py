"""Connections to Redis: some for commands, and one for each that waits for something.

`redis` is imported inside functions: only a service that shares its runs has to load it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Protocol

from app.errors import RunStoreError
from app.runs.redis.failures import failure_of, kinds
from rag_stream.errors import SettingsError

if TYPE_CHECKING:
    from redis.asyncio import ConnectionPool, Redis

CONNECT_S = 2.0
COMMAND_S = 5.0
MOST_AT_A_TIME = 16
"""Connections for commands; beyond that, commands wait for one another."""


@asynccontextmanager
async def answering() -> AsyncGenerator[None]:
    """Report whatever keeps Redis from doing in time what it is asked as RunStoreError."""
    try:
        async with asyncio.timeout(COMMAND_S):
            yield
    except kinds() as exc:
        # Not from their error, which may quote what was sent, a password among it.
        raise RunStoreError("the run store does not answer") from failure_of(exc)


class RedisConnection(Protocol):
    """What we use of redis-py's connection, which has hardly any types."""

    @property
    def is_connected(self) -> bool: ...

    async def connect(self) -> None: ...

    async def send_command(self, *command: str | int) -> None: ...

    async def read_response(
        self,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - so it is called there
        disconnect_on_error: bool = True,
    ) -> Any: ...

    async def disconnect(self, nowait: bool = False) -> None: ...


class RedisConnections:
    """All connections of one worker; belongs to one event loop."""

    def __init__(self, url: str) -> None:
        self.place = "?"
        """Where Redis is, for the log: without the user and password that are in its URL."""
        self._url = url
        self._redis: Redis | None = None
        self._read_ahead = asyncio.Semaphore(MOST_AT_A_TIME)
        self._lines: set[RedisConnection] = set()

    def open(self) -> None:
        """Get ready, connecting to nothing yet. Raises SettingsError for a URL that is none."""
        from redis.asyncio import Redis

        pool = _pool(self._url)
        where: dict[str, Any] = pool.connection_kwargs
        self.place = (
            where.get("path") or f"{where.get('host', 'localhost')}:{where.get('port', 6379)}"
        )
        self._redis = Redis.from_pool(pool)

    @asynccontextmanager
    async def commands(self) -> AsyncGenerator[Redis]:
        """Where one or a few commands are sent, over a connection shared with others."""
        async with answering(), self._read_ahead:
            yield self._opened()

    @asynccontextmanager
    async def line(self) -> AsyncGenerator[RedisConnection]:
        """A connection for one who waits, which would keep everybody else off a shared one."""
        connection = _new_connection(self._opened().connection_pool)
        self._lines.add(connection)
        try:
            async with answering():
                await connection.connect()
            yield connection
        finally:
            self._lines.discard(connection)
            await connection.disconnect(nowait=True)

    async def aclose(self) -> None:
        """End all connections; whoever still uses one gets RunStoreError."""
        redis, self._redis = self._redis, None
        for connection in list(self._lines):
            await connection.disconnect(nowait=True)
        if redis is not None:
            with suppress(RunStoreError):
                async with answering():
                    await redis.aclose()

    def _opened(self) -> Redis:
        if self._redis is None:
            raise RunStoreError("the run store is not open")
        return self._redis


async def ask(line: RedisConnection, *command: str | int) -> Any:
    """Send a command on a line and return the bare answer."""
    if not line.is_connected:  # ended by `aclose`: redis-py would connect it anew
        raise RunStoreError("the run store is closed")
    async with answering():
        await line.send_command(*command)
        return await line.read_response()


def _pool(url: str) -> ConnectionPool:
    """The connections to be, within our limits whatever the URL says."""
    from redis.asyncio import ConnectionPool
    from redis.asyncio.connection import parse_url
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff

    ours: dict[str, Any] = {
        "max_connections": MOST_AT_A_TIME,
        "socket_connect_timeout": CONNECT_S,
        # `answering` limits the time. redis-py would use `asyncio.wait_for`, which on Python 3.11
        # loses a cancellation that comes just when what it waits for is done.
        "socket_timeout": None,
        "retry": Retry(NoBackoff(), 0),  # what fails is for the caller to repeat or to report
        "driver_info": None,  # saves a round trip for each connection
        "decode_responses": False,
        "protocol": 2,  # answers are the same on every Redis
    }
    try:
        pool = ConnectionPool(**{**parse_url(url), **ours})
        _new_connection(pool)  # notices options that there are not
    except (TypeError, ValueError):
        # Without the cause, which may quote a part of the password.
        words = "REDIS_URL: expected redis://[user:password@]host[:port][/number], got another form"
        raise SettingsError(words) from None
    return pool


def _new_connection(pool: ConnectionPool) -> RedisConnection:
    """A connection made as the pool's own are, which the pool knows nothing of."""
    make: Callable[[], RedisConnection] = pool.make_connection
    return make()
