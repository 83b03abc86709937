"""The app with two workers on an empty index, the ingest command, and pages for it."""

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from ingest.cli import main
from tests.support.ingesting import EMBEDDINGS, VARIABLES, Command, ask, get
from tests.support.openai_server import OpenAIServer
from tests.support.service import Service
from tests.support.web_server import HTML, Answer, WebServer

GOOD = Answer("<html><body><p>The heron fishes at dawn.</p></body></html>", headers=HTML)


@pytest.fixture(scope="module")
def model() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


@pytest.fixture(scope="module")
def started(model: OpenAIServer) -> Iterator[Service]:
    """The app with two workers, started on an empty index, with the stand-in as its models."""
    env = {
        **model.environment,
        "RAG_CHAT_MODEL": "openai:gpt-4o-mini",
        "RAG_EMBEDDINGS": f"openai:{EMBEDDINGS}",
        "RAG_K": "2",
        "WEB_CONCURRENCY": "2",
        "NO_PROXY": "127.0.0.1",
    }
    with Service(env=env, ready="/healthz") as service:
        yield service
        # After all of a file's tests, whatever they do to it.
        assert "Traceback" not in service.output()
        assert "was never" not in service.output()  # retrieved, awaited


@pytest.fixture(scope="module")
def before(started: Service) -> list[httpx.Response]:
    """What the app says as long as nothing has been ingested."""
    return [get(started, "/readyz"), ask(started, "Is anything there?")]


@pytest.fixture(scope="module")
def service(started: Service, before: list[httpx.Response]) -> Service:
    """The app, once it has been asked what it says of an empty index."""
    return started


@pytest.fixture
def collection(service: Service, tmp_path: Path) -> dict[str, str]:
    """An empty index of its own on the service's Chroma server, for tests without the app."""
    return {**service.environment, "RAG_COLLECTION": f"of-{tmp_path.name}"[:60]}


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The ingest command in this process: without the 3 s that a process of its own imports."""

    def run(env: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
        for name in VARIABLES:
            monkeypatch.setenv(name, env.get(name, ""))
        capsys.readouterr()
        status = main(arguments)
        return subprocess.CompletedProcess(arguments, status, *capsys.readouterr())

    return run


@pytest.fixture
def env(chroma_url: str, openai_server: OpenAIServer) -> dict[str, str]:
    """An empty index of its own on the server of all tests, for tests without the app."""
    return {
        **openai_server.environment,
        "RAG_EMBEDDINGS": "openai:text-embedding-3-small",
        "RAG_CHROMA_URL": chroma_url,
        "RAG_COLLECTION": f"ingest-{uuid4().hex[:12]}",
        "NO_PROXY": "127.0.0.1",
    }


@pytest.fixture
def web() -> Iterator[WebServer]:
    """What the operator types."""
    with WebServer({"/good": GOOD}) as server:
        yield server
