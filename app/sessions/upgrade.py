"""Bringing a database to the tables of this version; several workers may begin to at once."""

import asyncio
import fcntl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.sessions.address import VARIABLE
from rag_stream.errors import SettingsError

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7_246_035_118
"""A number that only this program locks in a PostgreSQL."""


async def upgrade(connection: AsyncConnection) -> None:
    """All steps that are missing, in the transaction that is open.

    Raises SettingsError for a database of a newer version.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    try:
        await connection.run_sync(_upgrade)
    except CommandError as error:
        raise SettingsError(
            f"{VARIABLE}: expected a database of version {newest()} or before, got a newer one"
        ) from error


def newest() -> str:
    """The number of the newest version that there is."""
    return str(ScriptDirectory(str(MIGRATIONS)).get_current_head())


@asynccontextmanager
async def one_at_a_time(file: Path | None) -> AsyncIterator[None]:
    """Keep others from opening the same file: to switch its journal takes it alone."""
    if file is None:
        yield
        return
    lock = await asyncio.to_thread(_locked, file.with_name(f"{file.name}.lock"))
    try:
        yield
    finally:
        lock.close()


def _locked(path: Path) -> IO[bytes]:
    lock = path.open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
    except BaseException:
        lock.close()
        raise
    return lock


def _upgrade(connection: sa.Connection) -> None:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, "head")
