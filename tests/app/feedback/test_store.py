"""What is kept of answers and of verdicts, in SQLite as in PostgreSQL."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from app.errors import RunNotFoundError
from app.feedback import store as store_module
from app.feedback.answered import Answered, Verdict
from app.feedback.store import FeedbackStore
from app.sessions.database import Database
from app.sessions.tables import ANSWERS
from rag_stream.settings import load_settings

SOURCES = [{"number": 1, "source": "a.md", "quotes": ["Paris."]}]
ANSWERED = Answered(
    "run-1", "me", "Where\0?", "In Paris [1].", "completed", SOURCES, "a-model", "talk"
)


async def told(store: FeedbackStore, since_ms: int = 0) -> list[dict[str, object]]:
    return [row async for row in store.all(since_ms)]


async def age(database: Database, hours: float) -> None:
    async with database.writing() as connection:
        earlier = ANSWERS.c.answered_ms - int(hours * 3_600_000)
        await connection.execute(sa.update(ANSWERS).values(answered_ms=earlier))


async def holds_what_it_should(database: Database) -> None:
    store = FeedbackStore(database)
    await store.remember(ANSWERED)
    with pytest.raises(RunNotFoundError):
        await store.give("somebody else", Verdict("run-1", 1))
    with pytest.raises(RunNotFoundError):
        await store.give("me", Verdict("run-2", 1))
    assert await told(store) == []
    assert not await store.give("me", Verdict("run-1", 1, "good\0"))
    assert await store.give("me", Verdict("run-1", -1))
    (row,) = await told(store)
    times = {name: row.pop(name) for name in ("answered", "given")}
    assert str(times["answered"]) <= str(times["given"])
    assert row == {
        "run_id": "run-1",
        "score": -1,
        "comment": None,
        "question": "Where?",
        "answer": "In Paris [1].",
        "sources": SOURCES,
        "state": "completed",
        "model": "a-model",
        "session_id": "talk",
    }
    await age(database, 23.9)
    assert await store.give("me", Verdict("run-1", 0))
    assert await store.remove_old() == 0
    await age(database, 0.2)
    with pytest.raises(RunNotFoundError, match="24 hours"):
        await store.give("me", Verdict("run-1", 1))
    assert await store.remove_old() == 1
    (row,) = await told(store)
    assert row["score"] == 0


async def test_in_a_file(tmp_path: Path) -> None:
    database = Database(load_settings(chroma_path=tmp_path / "chroma"))
    await holds_what_it_should(database)
    await database.aclose(1)


@pytest.mark.services
async def test_in_postgresql(postgres_url: str) -> None:
    database = Database(load_settings(database_url=postgres_url))
    await holds_what_it_should(database)
    await database.aclose(1)


async def test_all_is_read_page_by_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "_PAGE", 2)
    database = Database(load_settings(chroma_path=tmp_path / "chroma"))
    store = FeedbackStore(database)
    names = [f"run-{number}" for number in range(5)]
    for name in names:
        await store.remember(Answered(name, "me", "Why?", "So.", "completed", []))
        await store.give("me", Verdict(name, 1))
    rows = await told(store)
    assert sorted(str(row["run_id"]) for row in rows) == names
    assert [row["given"] for row in rows] == sorted(str(row["given"]) for row in rows)
    assert await told(store, 32_503_680_000_000) == []  # the year 3000
    await database.aclose(1)
