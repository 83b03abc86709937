"""The folder's own server: found, started, replaced, and gone with its last user."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from rag_stream.errors import IndexUnavailableError
from rag_stream.index.connections import answers
from rag_stream.index.folder import inside
from rag_stream.index.server import ServerLease, acquire_server
from tests.support.checkout import Checkout, bare_python
from tests.support.index_folder import wait_ended
from tests.support.index_owner import owner


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "chroma"


def wait_gone(url: str) -> None:
    deadline = time.monotonic() + 30
    while answers(url):
        assert time.monotonic() < deadline, "the server is still there"
        time.sleep(0.05)


def test_starts_a_server_and_makes_the_folder(folder: Path) -> None:
    lease = acquire_server(folder)
    assert answers(lease.url)
    assert folder.is_dir()
    lease.close()


def test_all_users_share_one_server(folder: Path) -> None:
    leases: list[ServerLease] = []
    threads = [
        threading.Thread(target=lambda: leases.append(acquire_server(folder))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({lease.url for lease in leases}) == 1
    for lease in leases:
        lease.close()


def test_ends_with_its_last_user_and_starts_again(folder: Path) -> None:
    first, second = acquire_server(folder), acquire_server(folder)
    first.close()
    assert answers(second.url)
    second.close()
    wait_gone(second.url)
    again = acquire_server(folder)
    assert answers(again.url)
    again.close()


def test_a_killed_server_is_replaced(folder: Path) -> None:
    lease = acquire_server(folder)
    os.kill(owner(folder), signal.SIGKILL)
    wait_gone(lease.url)
    other = acquire_server(folder)
    assert answers(other.url)
    lease.close()
    other.close()


def test_an_end_in_order_is_told_from_a_crash(folder: Path) -> None:
    unclosed = folder / "unclosed"
    lease = acquire_server(folder)
    assert unclosed.exists()
    pid = owner(folder)
    lease.close()
    wait_ended(pid)
    assert not unclosed.exists()
    lease = acquire_server(folder)
    pid = owner(folder)
    os.kill(pid, signal.SIGKILL)
    wait_ended(pid)
    assert unclosed.exists()
    lease.close()


def test_a_stale_address_is_not_believed(folder: Path) -> None:
    folder.mkdir(parents=True)
    inside(folder, "address").write_text('{"url": "unix:/nowhere", "pid": 1}')
    lease = acquire_server(folder)
    assert answers(lease.url)
    lease.close()


def test_a_folder_that_cannot_be_made_is_named_by_its_variable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(IndexUnavailableError, match="RAG_CHROMA_PATH"):
        acquire_server(tmp_path / "file" / "chroma")


def test_a_folder_with_a_damaged_database_is_reported(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "chroma.sqlite3").write_bytes(b"this is no database" * 100)
    with pytest.raises(IndexUnavailableError, match="did not answer"):
        acquire_server(folder, timeout_s=3)


ONE_LEASE = """
from pathlib import Path
from rag_stream.index.server import acquire_server
lease = acquire_server(Path("data/chroma"), timeout_s=20)
print(lease.url)
"""


def test_it_starts_where_nothing_of_ours_is_installed(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path / "checkout", ["rag_stream"])
    assert checkout.run(ONE_LEASE, bare_python(tmp_path / "bare")).startswith("unix:/")


def test_it_runs_the_code_of_its_parent_though_another_is_installed(
    tmp_path: Path, folder: Path
) -> None:
    checkout = Checkout(tmp_path / "checkout", ["rag_stream"])
    checkout.mark("rag_stream/index/server_process.py")
    checkout.run(ONE_LEASE)
    assert owner(folder) in checkout.ran("rag_stream/index/server_process.py")


def test_a_proxy_of_the_environment_is_not_asked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    lease = acquire_server(folder, timeout_s=10)
    lease.close()
