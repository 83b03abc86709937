"""The database: made and brought up to date by many at once, away and back, for this account."""

import asyncio
import stat
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from app.errors import SessionStoreError
from app.sessions.database import Database
from app.sessions.tables import METADATA
from app.sessions.upgrade import newest
from rag_stream.errors import SettingsError
from rag_stream.settings import Settings, load_settings
from tests.support.postgres_server import PostgresServer


def differences(connection: sa.Connection) -> list[object]:
    options = {"version_table": "schema_version", "compare_type": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), METADATA))


async def test_the_steps_lead_to_the_tables_of_today(database: Database) -> None:
    async with database.writing() as connection:
        assert await connection.run_sync(differences) == []
        version = await connection.execute(sa.text("SELECT version_num FROM schema_version"))
        assert version.scalar_one() == newest()


async def test_many_open_it_at_once(kept: Settings) -> None:
    workers = [Database(kept) for _ in range(4)]
    try:
        await asyncio.gather(*(worker.open() for worker in workers))
        async with workers[-1].reading() as connection:
            assert (await connection.execute(sa.text("SELECT 1"))).scalar_one() == 1
    finally:
        for worker in workers:
            await worker.aclose(1)


async def test_one_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    kept = load_settings(chroma_path=tmp_path / "chroma")
    database = Database(kept)
    try:
        async with database.writing() as connection:
            await connection.execute(sa.text("UPDATE schema_version SET version_num = '9999'"))
        later = Database(kept)
        with pytest.raises(SettingsError, match=f"expected a database of version {newest()}"):
            await later.open()
        await later.aclose(1)
    finally:
        await database.aclose(1)


async def test_a_file_is_for_this_account(tmp_path: Path) -> None:
    database = Database(load_settings(chroma_path=tmp_path / "data" / "chroma"))
    async with database.writing():
        files = sorted((tmp_path / "data").glob("sessions.db*"))
        assert len(files) >= 3
    for file in files:
        if not file.name.endswith(".lock"):
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
    await database.aclose(1)


async def test_one_that_goes_away_is_used_again_when_it_is_back(postgres: PostgresServer) -> None:
    database = Database(load_settings(database_url=await asyncio.to_thread(postgres.database)))
    ping = sa.text("SELECT 1")
    try:
        async with database.writing() as connection:
            await connection.execute(ping)
        await asyncio.to_thread(postgres.stop)
        for use in (database.reading, database.writing):
            with pytest.raises(SessionStoreError):
                async with use() as connection:
                    await connection.execute(ping)
        await asyncio.to_thread(postgres.start)
        async with database.writing() as connection:
            assert (await connection.execute(ping)).scalar_one() == 1
    finally:
        await database.aclose(1)


async def test_one_that_cannot_be_reached_is_told_so_without_the_address() -> None:
    url = "postgresql://someone:secret-password@127.0.0.1:9/none"
    database = Database(load_settings(database_url=url))
    with pytest.raises(SessionStoreError) as caught:
        await database.open()
    assert str(caught.value) == "the database of the sessions does not answer"
    assert isinstance(caught.value.__cause__, OSError)
    await database.aclose(1)
