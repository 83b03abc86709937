"""Addresses of databases, as people write them and as the drivers take them."""

from pathlib import Path

import pytest

from app.sessions.address import database_url, file_of, program_of
from rag_stream.errors import SettingsError
from rag_stream.settings import Settings, load_settings


def at(url: str) -> Settings:
    return load_settings(database_url=url)


def test_without_one_it_is_a_file_beside_the_index(tmp_path: Path) -> None:
    url = database_url(load_settings(chroma_path=tmp_path / "chroma"))
    assert file_of(url) == tmp_path / "sessions.db"
    assert url.drivername == "sqlite+aiosqlite"


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("sqlite:///data/own.db", "sqlite+aiosqlite:///data/own.db"),
        ("sqlite+aiosqlite:////srv/own.db", "sqlite+aiosqlite:////srv/own.db"),
        ("postgresql://me:a%2Fb@host/name", "postgresql+asyncpg://me:a%2Fb@host/name"),
        ("postgresql://host/n?sslmode=require", "postgresql+asyncpg://host/n?ssl=require"),
        ("postgresql:///n?host=/run/pg", "postgresql+asyncpg:///n?host=%2Frun%2Fpg"),
        ("postgresql://host/n?application_name=x", "postgresql+asyncpg://host/n"),
    ],
)
def test_the_driver_is_told(given: str, taken: str) -> None:
    assert database_url(at(given)).render_as_string(hide_password=False) == taken
    assert (file_of(database_url(at(given))) is None) == given.startswith("postgresql")


def test_the_server_is_told_who_connects() -> None:
    assert program_of(at("postgresql://host/n?application_name=mine")) == "mine"
    assert program_of(at("postgresql://host/n")) == program_of(load_settings()) == "rag-stream"


@pytest.mark.parametrize(
    "given",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///a.db?mode=ro",
        "postgresql+psycopg2://host/name",
        "postgresql://host:port/name",
        "postgresql://host/name?options=-c",
    ],
)
def test_what_cannot_be_used_is_refused_by_the_variables_name(given: str) -> None:
    with pytest.raises(SettingsError, match=r"^RAG_DATABASE_URL: expected "):
        database_url(at(given))
