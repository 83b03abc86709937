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


def test_a_server_of_an_older_version_is_not_joined_by_another(tmp_path: Path) -> None:
    with held(tmp_path / "chroma.lock") as pid, pytest.raises(IndexUnavailableError) as told:
        acquire_server(tmp_path / "chroma")
    assert "older version" in str(told.value)
    assert f"process {pid} of " in str(told.value)
    acquire_server(tmp_path / "chroma").close()


def test_a_port_that_cannot_be_closed_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lease = acquire_server(tmp_path / "chroma")
    assert not caplog.records
    address = inside(tmp_path / "chroma", "address")
    address.write_text(address.read_text().replace("true", "false"))
    acquire_server(tmp_path / "chroma").close()
    assert ["CONFIG_TCP_MD5SIG" in record.getMessage() for record in caplog.records] == [True]
    lease.close()


def test_starting_does_not_hang_either(tmp_path: Path) -> None:
    folder = open_folder(tmp_path / "chroma")
    with held(inside(folder, "users")), pytest.raises(IndexUnavailableError, match="locked for"):
        StartingServer(folder, timeout_s=0.1)
