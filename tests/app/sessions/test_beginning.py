"""Waiting for one's turn: in the order of asking, for so long, and for nobody who has left."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.error_responses import problem_response
from app.errors import SessionBusyError, SessionNotFoundError
from app.sessions.beginning import Beginning
from app.sessions.database import Database
from app.sessions.store import SessionStore
from app.sessions.times import SessionTimes
from app.sessions.turn import Outcome
from rag_stream.settings import load_settings

DONE = Outcome("completed", "Yes.")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(load_settings(chroma_path=tmp_path / "chroma"))
    yield database
    await database.aclose(5)


def worker(database: Database, name: str, wait_s: float = 30) -> tuple[Beginning, SessionStore]:
    store = SessionStore(database, name, turns=5, days=1)
    return Beginning(database, store, SessionTimes(wait_s=wait_s)), store


async def test_a_turn_of_another_worker_is_waited_for(database: Database) -> None:
    (one, store), (other, _) = worker(database, "one"), worker(database, "other")
    await one.begin("s", "me", "1?", "run-1")
    waiting = asyncio.create_task(other.begin("s", "me", "2?", "run-2"))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    await store.finish("s", 1, "run-1", DONE)
    taken, _ = await waiting
    assert taken.number == 2
    assert [turn.text for turn in taken.history] == ["1?", "Yes."]


@pytest.mark.parametrize("where", ["the same worker", "another worker"])
async def test_it_is_not_waited_for_without_end(database: Database, where: str) -> None:
    one, _ = worker(database, "one", wait_s=0.1)
    other = one if where == "the same worker" else worker(database, "other", wait_s=0.1)[0]
    await one.begin("s", "me", "1?", "run-1")
    with pytest.raises(SessionBusyError, match=r"^config.configurable.session_id: ") as caught:
        await other.begin("s", "me", "2?", "run-2")
    response = problem_response(caught.value)
    assert (response.status_code, response.headers["retry-after"]) == (409, "5")


async def test_a_stranger_does_not_wait(database: Database) -> None:
    one, _ = worker(database, "one")
    await one.begin("s", "me", "1?", "run-1")
    with pytest.raises(SessionNotFoundError, match=r"^config.configurable.session_id: "):
        await one.begin("s", "you", "2?", "run-2")


async def test_who_has_left_while_waiting_gets_no_turn(database: Database) -> None:
    (one, store), (other, _) = worker(database, "one"), worker(database, "other")
    _, place = await one.begin("s", "me", "1?", "run-1")
    waiting = [
        asyncio.create_task(begin.begin("s", "me", "left?", f"run-{number}"))
        for number, begin in enumerate((one, other, other))
    ]
    await asyncio.sleep(0.1)
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)
    await store.finish("s", 1, "run-1", DONE)
    place.leave()
    taken, _ = await other.begin("s", "me", "2?", "run-2")
    assert [turn.text for turn in taken.history] == ["1?", "Yes."]


async def test_who_has_left_as_it_began_gives_it_back(database: Database) -> None:
    await database.open()
    one, _ = worker(database, "one")
    beginning = asyncio.create_task(one.begin("s", "me", "left?", "run-1"))
    for _ in range(5):  # by then the database has been asked, and cannot have answered
        await asyncio.sleep(0)
    beginning.cancel()
    await asyncio.wait({beginning})
    assert beginning.cancelled()
    taken, _ = await one.begin("s", "me", "1?", "run-2")
    assert taken.history == ()
