"""The application's start: what an import may not do, what is refused, what is not."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.server import create_app
from rag_stream.errors import EmbeddingMismatchError, SettingsError
from rag_stream.index.generation import REBUILD_COMMAND
from rag_stream.runnable import RagChain
from rag_stream.settings import Settings, load_settings
from tests.support.in_process import running
from tests.support.ports import free_port
from tests.support.service import clean_environment

# Fails on anything that leaves the process: an import must not look further than its files.
QUIET = """
import socket, subprocess, sys
def forbid(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.posix_spawn"):
        raise SystemExit(f"{event} {arguments}")
    if event == "open" and str(arguments[0]).endswith(".env"):
        raise SystemExit(f"{event} {arguments}")
sys.addaudithook(forbid)
from app.server import app, create_app
create_app()
print(type(app).__name__)
"""


def test_importing_needs_no_settings_no_key_no_network_and_no_folder(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("RAG_K=none\n")
    bogus = {
        "RAG_K": "minus one",
        "RAG_CHAT_MODEL": "openai:gpt-4o-mini",
        "RAG_EMBEDDINGS": "nonsense",
        "RAG_CHROMA_URL": "ftp://nowhere",
        "RAG_CHROMA_PATH": str(tmp_path / "chroma"),
        "PORT": "all of them",
    }
    done = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-c", QUIET],
        cwd=tmp_path,
        env=clean_environment(bogus),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "FastAPI\n", "")
    assert [path.name for path in tmp_path.iterdir()] == [".env"]


async def test_the_index_of_another_embedding_model_refuses_to_start(filled: Settings) -> None:
    other = filled.model_copy(update={"embeddings": "openai:text-embedding-3-large"})
    with pytest.raises(EmbeddingMismatchError) as caught:
        async with running(create_app(RagChain(other))):
            pass
    assert REBUILD_COMMAND in str(caught.value)


async def test_a_missing_key_refuses_to_start(chroma_url: str) -> None:
    settings = load_settings(chroma_url=chroma_url, chat_model="openai:gpt-4o-mini")
    with pytest.raises(SettingsError, match="OPENAI_API_KEY"):
        async with running(create_app(RagChain(settings))):
            pass


async def test_bad_settings_refuse_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_K", "minus one")
    with pytest.raises(SettingsError, match="RAG_K"):
        async with running(create_app(RagChain())):
            pass


async def test_an_index_server_that_is_away_does_not_keep_it_from_starting(
    settings: Settings,
) -> None:
    away = settings.model_copy(update={"chroma_url": f"http://127.0.0.1:{free_port()}"})
    async with running(create_app(RagChain(away))) as client:
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/readyz")).status_code == 503
        response = await client.post("/rag/invoke", json={"input": {"input": "Why?"}})
    assert response.status_code == 502
    assert response.json()["code"] == "index_unavailable"


async def test_it_can_be_started_again(filled: Settings) -> None:
    app = create_app(RagChain(filled))
    answers: list[Any] = []
    for _ in range(2):
        async with running(app) as client:
            response = await client.post("/rag/invoke", json={"input": {"input": "Wick?"}})
            answers.append(response.json()["output"]["answer"])
    assert answers == ["Hello from the stand-in model."] * 2
