"""Whoever starts the service is told what keeps it from its database, but for the password."""

from pathlib import Path

import pytest

from app.sessions.check import check_database
from rag_stream.errors import SettingsError
from rag_stream.settings import Settings, load_settings
from tests.support.postgres_server import PASSWORD, PostgresServer


async def test_one_that_answers_is_fine(kept: Settings) -> None:
    await check_database(kept)


async def test_a_file_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings = load_settings(database_url=f"sqlite:///{tmp_path}/file/own.db")
    with pytest.raises(SettingsError, match=r"^RAG_DATABASE_URL: expected .* FileExistsError"):
        await check_database(settings)


async def test_a_server_that_refuses_is_told_without_the_password(postgres: PostgresServer) -> None:
    wrong = postgres.address("postgres").replace("%2F1@", "%2F2@")
    for url in (wrong, wrong.replace(f":{postgres.port}/", ":9/")):
        with pytest.raises(SettingsError, match=r"^RAG_DATABASE_URL: expected ") as caught:
            await check_database(load_settings(database_url=url))
        assert "Error: " in str(caught.value)
        assert PASSWORD[:9] not in str(caught.value)
        assert "word%2F2" not in str(caught.value)
