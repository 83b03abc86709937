"""One worker's connections to the database, opened when they are first needed.

A database that is away fails what is asked of it, at once, and is used again when it is back.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from contextvars import Context
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from app.errors import SessionStoreError
from app.sessions.address import database_url, file_of, program_of
from app.sessions.upgrade import one_at_a_time, upgrade
from rag_stream.errors import SettingsError
from rag_stream.settings import Settings

T = TypeVar("T")

WITHIN_S = 5.0
"""One transaction, with waiting for others to write."""
_BUSY_S = 3.0
_CONNECT_S = 3.0
_UPGRADE_S = 60.0
_AGAIN_S = 1.0
"""After an attempt to open it that has failed, before there is another one."""
_CONNECTIONS = 5
_READS = "rag_stream_reads"
_INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Database:
    """Transactions, for one event loop. `aclose` ends it."""

    def __init__(self, settings: Settings, again_s: float = _AGAIN_S) -> None:
        """Opens nothing. Raises SettingsError."""
        self._url = database_url(settings)
        self._file = file_of(self._url)
        self._engine = _engine(self._url, program_of(settings))
        self._reading = self._engine.execution_options(**{_READS: True})
        self._failures = _failures(self._url)
        self._opening = asyncio.Lock()
        self._is_open = False
        self._again_s = again_s
        self._failed_at = -again_s
        self._newer: str | None = None
        """What was said of it where that attempt has found one of a newer version."""
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    async def open(self) -> None:
        """Bring the tables to this version, once. Raises SessionStoreError, SettingsError."""
        if self._is_open:
            return
        async with self._opening, self._translated(), asyncio.timeout(_UPGRADE_S):
            if self._is_open:
                return
            loop = asyncio.get_running_loop()
            if loop.time() < self._failed_at + self._again_s:  # those who wait need not all try
                if self._newer is not None:
                    raise SettingsError(self._newer)
                raise TimeoutError("it did not answer a moment ago")
            try:
                await self._open()
            except BaseException as error:
                self._failed_at = loop.time()
                self._newer = str(error) if isinstance(error, SettingsError) else None
                raise
            self._is_open = True

    async def _opened(self) -> None:
        """The same after the start, where no setting is wrong: it came up when others used it."""
        try:
            await self.open()
        except SettingsError as error:
            raise SessionStoreError(
                "the database of the sessions is of a newer version than this service"
            ) from error

    async def _open(self) -> None:
        if self._file is not None:
            await asyncio.to_thread(_make, self._file)
        async with one_at_a_time(self._file), self._engine.begin() as connection:
            await upgrade(connection)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes, alone where it is SQLite. Raises SessionStoreError."""
        await self._opened()
        async with (
            self._translated(),
            asyncio.timeout(WITHIN_S),
            self._engine.begin() as connection,
        ):
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one state of the database. Raises SessionStoreError."""
        await self._opened()
        async with (
            self._translated(),
            asyncio.timeout(WITHIN_S),
            self._reading.connect() as connection,
        ):
            yield connection

    def apart(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Do something in a task that goes on when who waits for it is cancelled.

        In a context of its own: a connection keeps the one that it was opened in.
        """
        task = asyncio.get_running_loop().create_task(work, context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def shielded(self, work: Coroutine[Any, Any, T]) -> T:
        """Do it apart, and wait for its result."""
        return await asyncio.shield(self.apart(work))

    def insert(self, table: sa.Table) -> Any:
        """An insert that can say what to do `on_conflict`, as the database words it."""
        return _INSERT[self.dialect](table)

    async def aclose(self, within_s: float) -> None:
        """Let what is being written end, for so long, and close the connections."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within_s)
        left = list(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await self._engine.dispose()

    @asynccontextmanager
    async def _translated(self) -> AsyncIterator[None]:
        try:
            yield
        except self._failures as error:
            raise SessionStoreError("the database of the sessions does not answer") from error


def _engine(url: sa.URL, program: str) -> AsyncEngine:
    if url.drivername.startswith("sqlite"):
        engine = create_async_engine(
            url,
            hide_parameters=True,  # of an error: they are what people have asked
            pool_size=_CONNECTIONS,
            pool_timeout=WITHIN_S,
            connect_args={"timeout": _BUSY_S},
        )
        sa.event.listen(engine.sync_engine, "connect", _set_up_sqlite)
        sa.event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    return create_async_engine(
        url,
        hide_parameters=True,
        pool_size=_CONNECTIONS,
        max_overflow=_CONNECTIONS,
        pool_timeout=WITHIN_S,
        pool_pre_ping=True,
        connect_args={
            "timeout": _CONNECT_S,
            "command_timeout": WITHIN_S,
            "server_settings": {"application_name": program},
        },
    )


def _set_up_sqlite(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # else the driver begins transactions where it likes
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    # One that writes later than it begins can fail for what others have written since.
    reads = connection.get_execution_options().get(_READS)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _failures(url: sa.URL) -> tuple[type[Exception], ...]:
    """What drivers raise where a database is away or refuses us."""
    known: tuple[type[Exception], ...] = (DBAPIError, PoolTimeoutError, OSError, TimeoutError)
    if url.drivername.startswith("postgresql"):
        import asyncpg  # only who uses it needs it

        known += (asyncpg.PostgresError, asyncpg.InterfaceError)
    return known


def _make(file: Path) -> None:
    """For this account only, as the index is; SQLite gives its other files the same mode."""
    file.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
