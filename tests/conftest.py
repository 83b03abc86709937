"""Fixtures that more than one test file uses."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from rag_stream.settings import Settings, load_settings
from tests.support.chroma_process import ChromaProcess
from tests.support.openai_server import OpenAIServer
from tests.support.paths import ROOT
from tests.support.service import OURS, OURS_TOO

# A shell starts what it runs in the background with interrupts turned off, and programs hand
# that on to those they start: the ones that tests interrupt would not notice.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Tests start hundreds of processes. Where the environment says to keep no bytecode, each of them
# would compile all that it imports anew: longer than all else that most of them do.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Who imports one of these needs what `tests/prepare` installs.
INSTALLED = (
    *("browser", "chat_playground", "js", "nginx", "playground"),
    *("postgres_server", "redis_server"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that `make unit` leaves out: those of whole services, or with others'.

    They come first: files that take long fill all processes only while short ones follow.
    """
    needs_more = {f"tests.support.{name}" for name in INSTALLED}
    for item in items:
        module = item.getparent(pytest.Module)
        assert module is not None
        things = vars(module.obj).values()
        used = {
            getattr(thing, name, None) for thing in things for name in ("__module__", "__name__")
        }
        if "live" in item.path.relative_to(ROOT).parts or used & needs_more:
            item.add_marker("services")
    items.sort(key=lambda item: item.get_closest_marker("services") is None)


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test reads the developer's settings: neither the environment's nor a .env file's."""
    for name in list(os.environ):
        if name.startswith(OURS) or name in OURS_TOO:
            monkeypatch.delenv(name)
    monkeypatch.setenv("LANGCHAIN_TRACING_V2", "false")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def openai_server() -> Iterator[OpenAIServer]:
    """A fresh stand-in for OpenAI's API on a loopback port."""
    with OpenAIServer() as server:
        yield server


@pytest.fixture(scope="session")
def chroma_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Chroma server for the whole run; tests keep apart by collection."""
    with ChromaProcess(tmp_path_factory.mktemp("chroma") / "chroma") as server:
        yield server.url


@pytest.fixture
def settings(chroma_url: str, openai_server: OpenAIServer) -> Settings:
    """An index of its own on the shared server, and the stand-in as both models."""
    return load_settings(
        chroma_url=chroma_url,
        collection=f"test-{uuid4().hex[:12]}",
        openai_api_key="sk-stand-in",
        openai_base_url=openai_server.url,
    )
