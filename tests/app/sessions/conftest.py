"""The store on both databases: a SQLite file of the test's own, and a real PostgreSQL."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from app.sessions.database import Database
from app.sessions.store import SessionStore
from rag_stream.settings import Settings, load_settings
from tests.support.postgres_server import PostgresServer


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="module")
def postgres_url(postgres: PostgresServer) -> str:
    """A database for the tests of one file, which keep apart by the names of their sessions."""
    return postgres.database()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings that name a database of each kind."""
    if request.param == "sqlite":
        return load_settings(sessions="on", chroma_path=tmp_path / "chroma")
    url = request.getfixturevalue("postgres_url")
    return load_settings(sessions="on", chroma_path=tmp_path / "chroma", database_url=url)


@pytest.fixture
async def database(kept: Settings) -> AsyncIterator[Database]:
    database = Database(kept)
    yield database
    await database.aclose(5)


@pytest.fixture
def store(database: Database) -> Callable[..., SessionStore]:
    """Makes the store of a worker."""

    def of(worker: str = "one", turns: int = 5, days: int = 30) -> SessionStore:
        return SessionStore(database, worker, turns=turns, days=days)

    return of
