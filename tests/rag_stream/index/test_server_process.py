"""The program that owns an index folder: small, alone in it, and in nobody's way."""

import subprocess
import sys
from pathlib import Path

import pytest

from rag_stream.index import server_process
from rag_stream.index.server import acquire_server
from tests.support.index_owner import owner


def test_it_runs_without_the_package_around_it(tmp_path: Path) -> None:
    folder = tmp_path / "chroma"
    lease = acquire_server(folder)
    loaded = Path(f"/proc/{owner(folder)}/maps").read_text()
    assert "chromadb_rust_bindings" in loaded
    assert "pydantic_core" not in loaded  # LangChain's, the settings' and FastAPI's
    assert "libssl" not in loaded
    lease.close()


def test_modules_of_the_working_folder_do_not_stand_in_for_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise RuntimeError('not the one that was meant')")
    monkeypatch.chdir(tmp_path)
    acquire_server(tmp_path / "chroma", timeout_s=20).close()


def test_a_second_owner_leaves_the_folder_to_the_first(tmp_path: Path) -> None:
    folder = tmp_path / "chroma"
    lease = acquire_server(folder)
    command = [sys.executable, "-P", "-m", server_process.__name__, str(folder)]
    assert subprocess.run(command, timeout=60, check=False).returncode == 0
    other = acquire_server(folder)
    assert other.url == lease.url
    other.close()
    lease.close()
