"""Fixtures of these tests: the command, typed anywhere, and two projects."""

import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from ingest.cli import main
from rag_stream.settings import Settings
from tests.support.identified import Command, write


@pytest.fixture
def command(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Command:
    """The ingest command in this process, on this test's index, typed in the folder given."""
    monkeypatch.setenv("RAG_CHROMA_URL", str(settings.chroma_url))
    monkeypatch.setenv("RAG_COLLECTION", settings.collection)
    monkeypatch.setenv("RAG_CHROMA_PATH", str(tmp_path_factory.mktemp("data") / "chroma"))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-stand-in")
    monkeypatch.setenv("OPENAI_BASE_URL", str(settings.openai_base_url))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def run(*arguments: str | Path, at: Path) -> "subprocess.CompletedProcess[str]":
        monkeypatch.chdir(at)
        capsys.readouterr()
        status = 2
        with suppress(SystemExit):
            status = main([str(argument) for argument in arguments])
        return subprocess.CompletedProcess(arguments, status, *capsys.readouterr())

    return run


@pytest.fixture
def projects(tmp_path: Path) -> Path:
    """Two projects, each with its `docs`."""
    write(tmp_path / "falcon/docs", index="The falcon nests on the tower.")
    write(tmp_path / "falcon/docs/more", deep="The falcon hunts at noon.")
    write(tmp_path / "otter/docs", index="The otter lives at the weir.")
    return tmp_path
