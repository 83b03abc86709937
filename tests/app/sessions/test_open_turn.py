"""The end of a turn: written in time or soon after, whoever is cancelled, or told in the log."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest

from app.errors import SessionStoreError
from app.sessions.database import Database
from app.sessions.open_turn import OpenTurn
from app.sessions.store import SessionStore
from app.sessions.times import SessionTimes
from app.sessions.turn import Outcome, Taken
from rag_stream.settings import load_settings

DONE = Outcome("completed", "Yes.")


class Store:
    """Fails so often, and waits before it writes until it is let."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.let = asyncio.Event()
        self.let.set()
        self.written: list[Outcome] = []

    async def finish(self, session_id: str, number: int, run_id: str, outcome: Outcome) -> bool:
        await self.let.wait()
        if self.failures:
            self.failures -= 1
            raise SessionStoreError("it is away")
        self.written.append(outcome)
        return True


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(load_settings(chroma_path=tmp_path / "chroma"))
    yield database
    await database.aclose(5)


def turn_in(database: Database, store: Store, ended: list[Any], **times: Any) -> OpenTurn:
    taken, kept = Taken(1, ()), cast(SessionStore, store)
    return OpenTurn(database, kept, "s", "run-1", taken, SessionTimes(**times), ended.append)


async def test_it_is_written(database: Database) -> None:
    store, ended = Store(), list[Any]()
    turn = turn_in(database, store, ended)
    assert await turn.end(DONE)
    assert (store.written, ended, turn.is_over, turn.is_stored) == ([DONE], [turn], True, True)


async def test_a_failure_that_passes_is_none(database: Database) -> None:
    store = Store(failures=2)
    assert await turn_in(database, store, [], pauses=(0, 0)).end(DONE)
    assert store.written == [DONE]


async def test_one_that_lasts_is_told_in_the_log(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    store, ended = Store(failures=9), list[Any]()
    assert not await turn_in(database, store, ended, pauses=(0, 0)).end(DONE)
    assert (store.failures, len(ended)) == (6, 1)
    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert errors == [
        "run run-1 failed, stage request: it is away",
        "run run-1 is not kept in its session",
    ]


async def test_nobody_waits_long_and_it_is_written_all_the_same(database: Database) -> None:
    store, ended = Store(), list[Any]()
    store.let.clear()
    turn = turn_in(database, store, ended, store_s=0.01)
    assert not await turn.end(DONE)
    assert (ended, turn.is_stored) == ([], False)  # the next turn waits for it
    store.let.set()
    await database.aclose(5)
    assert (store.written, len(ended), turn.is_stored) == ([DONE], 1, True)


async def test_a_cancellation_goes_on_its_way_and_keeps_nothing_from_being_written(
    database: Database,
) -> None:
    store = Store()
    store.let.clear()
    ending = asyncio.create_task(turn_in(database, store, []).end(DONE))
    await asyncio.sleep(0.01)
    ending.cancel()
    await asyncio.wait({ending}, timeout=1)
    assert ending.cancelled()
    store.let.set()
    await database.aclose(5)
    assert store.written == [DONE]
