"""A key that is missing: asked for at a terminal, named where nobody can type it."""

import asyncio
import os
import pty
import subprocess
import sys
from collections.abc import Mapping

import pytest

from rag_stream.settings import load_settings
from tests.support.anthropic_server import AnthropicServer
from tests.support.commands import QUESTION, TOKENS, run, without_key
from tests.support.corpus import fill
from tests.support.openai_server import OpenAIServer
from tests.support.service import clean_environment

KEY = "sk-typed-by-a-person"


@pytest.mark.parametrize(
    ("command", "status"),
    [(("rag_stream", QUESTION), 1), (("app",), 2), (("ingest", "--sample"), 2)],
    ids=["rag_stream", "app", "ingest"],
)
def test_a_missing_key_is_named_where_nobody_can_type_it(
    environment: dict[str, str], command: tuple[str, ...], status: int
) -> None:
    done = run(without_key(environment), *command)
    assert done.returncode == status
    assert "OPENAI_API_KEY: expected a key" in done.stderr
    assert "OPENAI_BASE_URL" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def type_key(env: Mapping[str, str], typed: bytes) -> tuple[int, str, str]:
    """Ask at a terminal of its own, answer its prompt; returns status, stdout, the screen."""
    keyboard, terminal = pty.openpty()
    # With --ctty the terminal is also /dev/tty, which getpass prefers to standard input.
    process = subprocess.Popen(
        ["setsid", "--ctty", sys.executable, "-m", "rag_stream", QUESTION],
        env=clean_environment(env),
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=terminal,
        text=True,
    )
    os.close(terminal)
    screen = ""
    try:
        while not screen.endswith(": "):
            screen += os.read(keyboard, 1024).decode()
        os.write(keyboard, typed)
        output, _ = process.communicate(timeout=60)
        while part := _read(keyboard):
            screen += part
    finally:
        process.kill()
        process.wait()
        os.close(keyboard)
    return process.returncode, output, screen


def _read(keyboard: int) -> str:
    try:
        return os.read(keyboard, 1024).decode()
    except OSError:  # the other end is closed
        return ""


@pytest.fixture
def local_index(environment: dict[str, str], model: OpenAIServer) -> dict[str, str]:
    """An index that needs no key, before a chat model that does and that the stand-in plays."""
    local = {"RAG_EMBEDDINGS": "local:all-MiniLM-L6-v2", "RAG_COLLECTION": "local"}
    settings = load_settings(
        chroma_path=environment["RAG_CHROMA_PATH"],
        collection=local["RAG_COLLECTION"],
        embeddings=local["RAG_EMBEDDINGS"],
    )
    asyncio.run(fill(settings))
    # LangChain's name for the address: ours, OPENAI_BASE_URL, means that no key is needed.
    return {**without_key(environment), **local, "OPENAI_API_BASE": model.url}


def test_a_missing_key_is_asked_for_at_a_terminal_and_used(
    local_index: dict[str, str], model: OpenAIServer
) -> None:
    status, output, screen = type_key(local_index, f"{KEY}\n".encode())
    assert status == 0, screen
    assert output.startswith("".join(TOKENS))
    assert model.calls[-1].headers["authorization"] == f"Bearer {KEY}"
    assert screen.startswith("Enter API key for OpenAI: ")
    assert KEY not in screen + output


def test_another_providers_key_is_asked_for_too(local_index: dict[str, str]) -> None:
    with AnthropicServer() as anthropic:
        environment = {
            **local_index,
            "RAG_CHAT_MODEL": "anthropic:claude-stand-in",
            "ANTHROPIC_BASE_URL": anthropic.origin,
        }
        status, output, screen = type_key(environment, f"{KEY}\n".encode())
        assert status == 0, screen
        assert "\n\nFound in:\n[1] Notes (notes.md)\n" in output
        assert anthropic.calls[0].headers["authorization"] == f"Bearer {KEY}"
    assert screen.startswith("Enter ANTHROPIC_API_KEY: ")
    assert KEY not in screen + output


@pytest.mark.parametrize("typed", [b"\n", b"\x04"], ids=["return", "ctrl-d"])
def test_no_key_typed_is_a_missing_key(local_index: dict[str, str], typed: bytes) -> None:
    status, output, screen = type_key(local_index, typed)
    assert status == 1
    assert output == ""
    assert "OPENAI_API_KEY: expected a key" in screen
    assert "Traceback" not in screen
