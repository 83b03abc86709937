"""Where the database is, and how its driver wants to be told so. Pure, but for the imports."""

from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from rag_stream.errors import SettingsError
from rag_stream.settings import Settings

FILE = "sessions.db"
"""Beside the index, where nothing else is set."""
VARIABLE = "RAG_DATABASE_URL"
PROGRAM = "rag-stream"
_DRIVERS = {"sqlite": "aiosqlite", "postgresql": "asyncpg"}
_QUERY = ("application_name", "host", "port", "ssl", "sslmode")


def database_url(settings: Settings) -> URL:
    """The address as SQLAlchemy takes it. Raises SettingsError naming the variable."""
    if settings.database_url is None:
        return URL.create("sqlite+aiosqlite", database=str(settings.chroma_path.parent / FILE))
    try:
        url = make_url(settings.database_url.get_secret_value())
    except (ArgumentError, ValueError):
        raise SettingsError(f"{VARIABLE}: expected an address of a database") from None
    name, _, driver = url.drivername.partition("+")
    wanted = _DRIVERS[name]
    if driver not in ("", wanted):
        raise SettingsError(f"{VARIABLE}: expected '{name}' or '{name}+{wanted}', got {driver!r}")
    url = url.set(drivername=f"{name}+{wanted}")
    return _sqlite(url) if name == "sqlite" else _postgresql(url)


def file_of(url: URL) -> Path | None:
    """The file that a database is, None where it is a server."""
    return Path(url.database) if url.database and url.drivername.startswith("sqlite") else None


def _sqlite(url: URL) -> URL:
    if url.database in (None, "", ":memory:") or url.query:
        raise SettingsError(f"{VARIABLE}: expected a file, 'sqlite:///data/sessions.db'")
    return url


def _postgresql(url: URL) -> URL:
    """The names that PostgreSQL's own programs take in an address are not the driver's."""
    if others := sorted(set(url.query) - set(_QUERY)):
        raise SettingsError(f"{VARIABLE}: expected one of {', '.join(_QUERY)}, got {others[0]!r}")
    query: dict[str, Any] = {k: v for k, v in url.query.items() if k in ("host", "port", "ssl")}
    if "sslmode" in url.query:
        query["ssl"] = url.query["sslmode"]
    return url.set(query=query)


def program_of(settings: Settings) -> str:
    """How this program is called in the server's list of connections."""
    if settings.database_url is None:
        return PROGRAM
    query = make_url(settings.database_url.get_secret_value()).query
    return str(query.get("application_name", PROGRAM))
