"""A service in use, its index looked for by others; and an ingest to a disk that is full."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag_stream.index.connections import path_of
from rag_stream.index.full_disk import FULL
from rag_stream.index.server_process import read_address
from tests.support import own_mounts
from tests.support.index_owner import listening, owner
from tests.support.ingesting import EMBEDDINGS, VARIABLES, ask
from tests.support.openai_server import OpenAIServer
from tests.support.other_account import reached
from tests.support.service import Service, clean_environment, ingest

INGEST = """
import os, subprocess, sys
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", sys.argv[1]], check=True)
command = [sys.executable, "-m", "ingest", sys.argv[2]]
sys.exit(subprocess.run(command, check=False).returncode)
"""


@pytest.fixture(scope="module")
def model() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


def variables(model: OpenAIServer) -> dict[str, str]:
    return {
        **model.environment,
        "RAG_CHAT_MODEL": "openai:gpt-4o-mini",
        "RAG_EMBEDDINGS": f"openai:{EMBEDDINGS}",
        "NO_PROXY": "127.0.0.1",
    }


@pytest.mark.parametrize("workers", [1, 2])
def test_others_reach_nothing_of_a_service_in_use(model: OpenAIServer, workers: int) -> None:
    with tempfile.TemporaryDirectory() as top:
        Path(top).chmod(0o755)
        folder = Path(top, "chroma")
        env = {**variables(model), "RAG_CHROMA_PATH": str(folder), "WEB_CONCURRENCY": str(workers)}
        note = Path(top, "note.txt")
        note.write_text("The secret is under the stone.")
        with Service(env=env, ready="/healthz") as service:
            names = {name: service.environment[name] for name in VARIABLES if name in env}
            assert ingest(names, note).returncode == 0
            assert ask(service, "Where is the secret?").status_code == 200
            address = Path(path_of(read_address(folder) or ""))
            parts = [folder, *folder.rglob("*"), address.parent, address]
            assert {"chroma.sqlite3", "lexical"} <= {path.name for path in parts}
            assert reached(parts, listening(owner(folder))) == []
            # Closed to others, and to pages that this account's browser shows.
            assert [path for path in parts if path.lstat().st_mode & 0o077 != 0] == []


def test_an_ingest_to_a_full_disk_says_so(model: OpenAIServer, tmp_path: Path) -> None:
    disk, notes = tmp_path / "disk", tmp_path / "notes"
    disk.mkdir()
    notes.mkdir()
    for number in range(60):
        text = " ".join(f"word{number}x{i}" for i in range(2_000))
        (notes / f"{number}.txt").write_text(text)
    env = clean_environment({**variables(model), "RAG_CHROMA_PATH": str(disk / "chroma")})
    with pytest.MonkeyPatch.context() as changed:
        for name, value in env.items():
            changed.setenv(name, value)
        done = own_mounts.run(INGEST, str(disk), str(notes))
    assert done.returncode != 0
    assert FULL in done.stderr
    for internal in ("status 500", "Traceback", "InternalError", "sqlite", "127."):
        assert internal not in done.stdout + done.stderr
