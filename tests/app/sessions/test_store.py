"""What is kept of sessions, and whose turn it is, in SQLite and in PostgreSQL."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import pytest
import sqlalchemy as sa

from app.errors import SessionNotFoundError
from app.sessions.database import Database
from app.sessions.reading import SessionReader
from app.sessions.store import SessionStore
from app.sessions.tables import SESSIONS, now_ms
from app.sessions.turn import Outcome
from rag_stream.conversation import Turn

DAY_MS = 86_400_000
Stores = Callable[..., SessionStore]
DONE = Outcome("completed", "Green.", [{"number": 1, "source": "a.md", "quotes": ["green"]}])


@pytest.fixture
def name() -> str:
    return uuid4().hex


async def change(database: Database, name: str, **values: object) -> None:
    async with database.writing() as connection:
        await connection.execute(sa.update(SESSIONS).where(SESSIONS.c.id == name).values(**values))


async def expire(database: Database, name: str) -> None:
    """As if a lease's worker had died."""
    await change(database, name, leased_until_ms=now_ms() - 1)


async def test_a_turn_is_begun_ended_and_shown(
    store: Stores, database: Database, name: str
) -> None:
    sessions, reader = store(), SessionReader(database, days=30)
    taken = await sessions.take(name, "me", "Which colour?\0", "run-1")
    assert taken is not None
    assert (taken.number, taken.history) == (1, ())
    shown = await reader.session(name, "me", 10, 0)
    assert [(turn["state"], turn["answer"]) for turn in shown["turns"]] == [("running", "")]
    assert await sessions.finish(name, 1, "run-1", DONE)
    again = await sessions.take(name, "me", "And then?", "run-2")
    assert again is not None
    assert again.history == (Turn("user", "Which colour?"), Turn("assistant", "Green."))
    shown = await reader.session(name, "me", 10, 0)
    assert shown["title"] == "Which colour?"
    first, second = shown["turns"]
    assert {
        key: first[key] for key in ("turn", "run_id", "state", "code", "question", "answer")
    } == {
        "turn": 1,
        "run_id": "run-1",
        "state": "completed",
        "code": None,
        "question": "Which colour?",
        "answer": "Green.",
    }
    assert first["sources"] == DONE.sources
    assert first["asked"] <= first["ended"] <= second["asked"]
    assert (second["state"], second["ended"]) == ("running", None)


@pytest.mark.parametrize("state", ["failed", "stopped"])
async def test_what_came_of_an_answer_that_is_none_is_kept_and_not_told(
    store: Stores, database: Database, name: str, state: str
) -> None:
    sessions = store()
    await sessions.take(name, "me", "One?", "run-1")
    await sessions.finish(name, 1, "run-1", Outcome(state, "Half an", code="model_failed"))
    taken = await sessions.take(name, "me", "Two?", "run-2")
    assert taken is not None
    assert taken.history == (Turn("user", "One?"),)
    turn = (await SessionReader(database, days=30).session(name, "me", 1, 0))["turns"][0]
    assert (turn["state"], turn["answer"], turn["code"]) == (state, "Half an", "model_failed")


async def test_a_session_is_its_owners(store: Stores, database: Database, name: str) -> None:
    sessions, reader = store(), SessionReader(database, days=30)
    await sessions.take(name, "me", "One?", "run-1")
    with pytest.raises(SessionNotFoundError):
        await sessions.take(name, "you", "One?", "run-2")
    with pytest.raises(SessionNotFoundError):
        await sessions.delete(name, "you")
    with pytest.raises(SessionNotFoundError):
        await reader.session(name, "you", 1, 0)
    assert [turn["run_id"] for turn in (await reader.session(name, "me", 9, 0))["turns"]] == [
        "run-1"
    ]


async def test_another_worker_waits_for_the_turn(store: Stores, name: str) -> None:
    one, other = store("one"), store("other")
    await one.take(name, "me", "One?", "run-1")
    assert await other.take(name, "me", "Two?", "run-2") is None
    await one.finish(name, 1, "run-1", DONE)
    taken = await other.take(name, "me", "Two?", "run-2")
    assert taken is not None
    assert taken.number == 2


async def test_a_turn_whose_worker_died_is_lost_and_the_next_one_begins(
    store: Stores, database: Database, name: str
) -> None:
    dead, other, reader = store("dead"), store("other"), SessionReader(database, days=30)
    await dead.take(name, "me", "One?", "run-1")
    await expire(database, name)
    turn = (await reader.session(name, "me", 1, 0))["turns"][0]
    assert (turn["state"], turn["code"]) == ("failed", "run_lost")
    taken = await other.take(name, "me", "Two?", "run-2")
    assert taken is not None
    assert taken.history == (Turn("user", "One?"),)
    first, second = (await reader.session(name, "me", 2, 0))["turns"]
    assert (first["state"], first["code"], second["state"]) == ("failed", "run_lost", "running")


async def test_a_turn_taken_for_lost_is_kept_all_the_same(
    store: Stores, database: Database, name: str
) -> None:
    slow, other = store("slow"), store("other")
    await slow.take(name, "me", "One?", "run-1")
    await expire(database, name)
    await other.take(name, "me", "Two?", "run-2")
    assert await slow.finish(name, 1, "run-1", DONE)
    assert await store("third").take(name, "me", "Three?", "run-3") is None  # the other goes on
    first = (await SessionReader(database, days=30).session(name, "me", 1, 0))["turns"][0]
    assert (first["state"], first["answer"], first["code"]) == ("completed", "Green.", None)


async def test_a_lease_is_renewed_by_its_worker_only(
    store: Stores, database: Database, name: str
) -> None:
    one, other = store("one"), store("other")
    await one.take(name, "me", "One?", "run-1")
    await expire(database, name)
    await other.renew([name])
    reader = SessionReader(database, days=30)
    assert (await reader.session(name, "me", 1, 0))["turns"][0]["state"] == "failed"
    await one.renew([name, "unknown"])
    assert (await reader.session(name, "me", 1, 0))["turns"][0]["state"] == "running"
    assert await other.take(name, "me", "Two?", "run-2") is None


async def test_only_so_many_turns_are_kept_the_latest(
    store: Stores, database: Database, name: str
) -> None:
    sessions = store(turns=2)
    for number in (1, 2, 3):
        taken = await sessions.take(name, "me", f"{number}?", f"run-{number}")
        await sessions.finish(name, number, f"run-{number}", DONE)
    assert taken is not None
    assert [turn.text for turn in taken.history] == ["1?", "Green.", "2?", "Green."]
    shown = await SessionReader(database, days=30).session(name, "me", 10, 0)
    assert [turn["turn"] for turn in shown["turns"]] == [2, 3]


async def test_what_was_not_used_for_too_long_is_gone(
    store: Stores, database: Database, name: str
) -> None:
    sessions, reader = store(days=30), SessionReader(database, days=30)
    me = f"me-{name}"
    for owner, session in ((me, name), ("you", f"{name}-2")):
        await sessions.take(session, owner, "One?", "run-1")
        await change(database, session, used_ms=now_ms() - 31 * DAY_MS)
    with pytest.raises(SessionNotFoundError):
        await reader.session(name, me, 1, 0)
    assert await reader.sessions(me, 5, None) == []
    taken = await sessions.take(name, me, "Anew?", "run-2")
    assert taken is not None
    assert (taken.number, taken.history) == (1, ())
    assert await sessions.remove_old() >= 1
    with pytest.raises(SessionNotFoundError):
        await sessions.delete(f"{name}-2", "you")
    assert [turn["run_id"] for turn in (await reader.session(name, me, 5, 0))["turns"]] == ["run-2"]


async def test_a_turn_that_was_none_leaves_nothing(
    store: Stores, database: Database, name: str
) -> None:
    sessions, reader = store(), SessionReader(database, days=30)
    await sessions.take(name, "me", "One?", "run-1")
    await sessions.forget(name, 1, "run-1")
    with pytest.raises(SessionNotFoundError):
        await reader.session(name, "me", 1, 0)
    await sessions.take(name, "me", "One?", "run-2")
    await sessions.finish(name, 1, "run-2", DONE)
    await sessions.take(name, "me", "Two?", "run-3")
    await sessions.forget(name, 2, "run-3")
    assert [t["run_id"] for t in (await reader.session(name, "me", 5, 0))["turns"]] == ["run-2"]
    assert await store("other").take(name, "me", "Two?", "run-4") is not None


async def test_a_deleted_session_takes_its_turns_along(
    store: Stores, database: Database, name: str
) -> None:
    sessions, reader = store(), SessionReader(database, days=30)
    await sessions.take(name, "me", "One?", "run-1")
    await sessions.delete(name, "me")
    assert not await sessions.finish(name, 1, "run-1", DONE)
    with pytest.raises(SessionNotFoundError):
        await reader.session(name, "me", 1, 0)
    await sessions.take(name, "you", "One?", "run-2")  # it is nobody's now
    assert not await sessions.finish(name, 1, "run-1", DONE)
    assert len((await reader.session(name, "you", 5, 0))["turns"]) == 1


async def test_sessions_and_turns_are_shown_page_by_page(
    store: Stores, database: Database, name: str
) -> None:
    sessions, reader, owner = store(turns=10), SessionReader(database, days=30), f"owner-{name}"
    for number in range(5):
        await sessions.take(f"{name}-{number}", owner, f"{number}?", f"run-{number}")
        await change(database, f"{name}-{number}", used_ms=now_ms() - 1000 * (5 - number // 2))
    seen: list[str] = []
    before = None
    while page := await reader.sessions(owner, 2, before):
        seen += [session["title"] for session in page]
        before = (page[-1]["used_ms"], page[-1]["session_id"])
    assert seen == ["4?", "3?", "2?", "1?", "0?"]
    for number in (2, 3, 4):
        await sessions.take(f"{name}-0", owner, f"{number}?", f"run-{number}")
    turns = (await reader.session(f"{name}-0", owner, 2, 1))["turns"]
    assert [turn["turn"] for turn in turns] == [2, 3]


async def test_of_many_who_begin_at_once_one_does(
    store: Stores, database: Database, name: str
) -> None:
    workers = [store(f"worker-{number}") for number in range(4)]
    taken = await asyncio.gather(
        *(worker.take(name, "me", "One?", f"run-{n}") for n, worker in enumerate(workers))
    )
    assert [one.number for one in taken if one is not None] == [1]
