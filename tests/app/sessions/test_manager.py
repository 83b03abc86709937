"""The sessions of one worker, while their database comes and goes."""

import asyncio
import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.errors import SessionStoreError
from app.sessions.database import Database
from app.sessions.manager import Sessions
from app.sessions.tables import SESSIONS
from app.sessions.times import SessionTimes
from app.sessions.upgrade import newest
from rag_stream.settings import load_settings

NEWER = "is of a newer version than this service"


async def make_newer(folder: Path) -> None:
    """With a session in it that was not used for years."""
    database = Database(load_settings(chroma_path=folder / "chroma"))
    old = {"id": "old", "owner": "me", "title": "", "created_ms": 0, "used_ms": 0, "last_turn": 0}
    async with database.writing() as connection:
        await connection.execute(sa.insert(SESSIONS).values(**old))
        await connection.execute(sa.text("UPDATE schema_version SET version_num = '9999'"))
    await database.aclose(1)


def change(folder: Path, version: str) -> None:
    with closing(sqlite3.connect(folder / "sessions.db")) as file:
        file.execute("UPDATE schema_version SET version_num = ?", (version,))
        file.commit()


def count(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "sessions.db")) as file:
        (found,) = file.execute("SELECT count(*) FROM sessions").fetchone()
        return int(found)


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.levelno == logging.ERROR]


async def test_one_that_comes_up_newer_than_the_service_is_told_once_and_waited_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept = load_settings(sessions="on", chroma_path=tmp_path / "data" / "chroma")
    (tmp_path / "data").touch()  # where its folder belongs
    sessions = Sessions(lambda: kept, SessionTimes(clean_s=0.01, again_s=0.02))
    await sessions.open()
    try:
        await make_newer(tmp_path / "later")
        (tmp_path / "data").unlink()
        (tmp_path / "later").rename(tmp_path / "data")
        async with asyncio.timeout(10):
            # Told by no event.
            while not any(NEWER in line for line in told(caplog)):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        for _ in range(2):  # tried again, and not
            with pytest.raises(SessionStoreError, match=NEWER):
                await sessions.begin("s", "me", "Why?", "run-1")
        await asyncio.sleep(0.1)
        assert [line for line in told(caplog) if NEWER in line] == told(caplog)[-1:]
        # In a thread: the service, which may hold the file's lock, goes on in this loop.
        await asyncio.to_thread(change, tmp_path / "data", newest())
        async with asyncio.timeout(10):  # what is too old goes, as ever
            while await asyncio.to_thread(count, tmp_path / "data"):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert (await sessions.begin("s", "me", "Why?", "run-1")).number == 1
    finally:
        await sessions.aclose()
