"""The ingest command on this test's index."""

import subprocess

import pytest

from ingest.cli import main
from rag_stream.settings import Settings
from tests.support.recut import Command


@pytest.fixture
def command(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """The ingest command in this process, on this test's index."""
    monkeypatch.setenv("RAG_CHROMA_URL", str(settings.chroma_url))
    monkeypatch.setenv("RAG_COLLECTION", settings.collection)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-stand-in")
    monkeypatch.setenv("OPENAI_BASE_URL", str(settings.openai_base_url))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def run(*arguments: str, **env: str) -> "subprocess.CompletedProcess[str]":
        with monkeypatch.context() as patch:
            for name, value in env.items():
                patch.setenv(name, value)
            capsys.readouterr()
            status = main(arguments)
        return subprocess.CompletedProcess(arguments, status, *capsys.readouterr())

    return run
