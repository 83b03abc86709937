"""A folder that a foreign process has locked: told, and given up in time."""

import time
from pathlib import Path

import pytest

from rag_stream.errors import IndexUnavailableError
from rag_stream.index.folder import inside, open_folder
from rag_stream.index.server import StartingServer, acquire_server
from tests.support.locked import held


@pytest.mark.parametrize("lock", ["users", "lock"])
def test_a_foreign_lock_ends_with_a_word_of_who_has_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, lock: str
) -> None:
    folder = open_folder(tmp_path / "chroma")
    began = time.monotonic()
    with held(inside(folder, lock)) as pid:
        with pytest.raises(IndexUnavailableError, match=rf"RAG_CHROMA_PATH.* process {pid} of "):
            acquire_server(folder, timeout_s=4)
        assert time.monotonic() - began < 60
    assert [f"held by process {pid} of " in r.getMessage() for r in caplog.records] == [True]
    acquire_server(folder).close()


def test_starting_does_not_hang_either(tmp_path: Path) -> None:
    folder = open_folder(tmp_path / "chroma")
    with held(inside(folder, "users")), pytest.raises(IndexUnavailableError, match="locked for"):
        StartingServer(folder, timeout_s=0.1)
