"""One folder, one server, however the folder is named."""

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag_stream.errors import IndexUnavailableError
from rag_stream.index.connections import answers
from rag_stream.index.folder import inside
from rag_stream.index.server import ServerLease, acquire_server
from tests.support import own_mounts
from tests.support.index_owner import owner

ADDRESS = """
import sys
from pathlib import Path
from rag_stream.index.server import acquire_server
lease = acquire_server(Path(sys.argv[1]))
print(lease.url)
lease.close()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "chroma"


@pytest.fixture
def lease(folder: Path) -> Iterator[ServerLease]:
    lease = acquire_server(folder)
    yield lease
    lease.close()


@pytest.mark.parametrize(
    "name", ["data/chroma", "link", "above/chroma", "data/../data/chroma/", "loop/data/chroma"]
)
def test_another_name_finds_the_same_server(lease: ServerLease, tmp_path: Path, name: str) -> None:
    (tmp_path / "link").symlink_to("data/chroma")
    (tmp_path / "above").symlink_to(tmp_path / "data")
    (tmp_path / "loop").symlink_to(".")
    for spelled in (name, str(tmp_path / name)):
        other = acquire_server(Path(spelled))
        assert other.url == lease.url
        other.close()


def test_a_bind_mount_finds_the_same_server(
    lease: ServerLease, folder: Path, tmp_path: Path
) -> None:
    done = own_mounts.bound(folder, tmp_path / "mounted", ADDRESS)
    assert (done.stdout.strip(), done.stderr) == (lease.url, "")


def test_processes_in_other_folders_find_it(lease: ServerLease, folder: Path) -> None:
    command = [sys.executable, "-c", ADDRESS, "../data/chroma"]
    done = subprocess.run(command, cwd=folder.parent, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == lease.url


def ended(pid: int) -> bool:
    try:
        return "Z" in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True


@pytest.mark.parametrize("how", ["removed", "moved", "its socket swept away"])
def test_a_server_that_cannot_be_found_any_more_ends_and_is_replaced(
    lease: ServerLease, folder: Path, how: str
) -> None:
    pid = owner(folder)
    if how == "removed":
        shutil.rmtree(folder)
    elif how == "moved":
        folder.rename(folder.with_name("old"))
    else:
        shutil.rmtree(Path(lease.url.removeprefix("unix:")).parent)
    deadline = time.monotonic() + 30
    while not ended(pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    other = acquire_server(folder)
    assert answers(other.url)
    assert owner(folder) != pid
    other.close()


def test_a_server_whose_folder_was_moved_touches_nothing_in_its_place(
    lease: ServerLease, folder: Path
) -> None:
    pid = owner(folder)
    folder.rename(folder.with_name("old"))
    folder.mkdir()
    (folder / "unclosed").write_text("")
    inside(folder, "address").write_text("of another")
    deadline = time.monotonic() + 30
    while not ended(pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert (folder / "unclosed").exists()
    assert inside(folder, "address").exists()


def test_an_older_server_beside_a_link_to_the_folder_is_refused(folder: Path) -> None:
    folder.mkdir(parents=True)
    link = folder.with_name("current")
    link.symlink_to(folder)
    with folder.with_name("current.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(IndexUnavailableError, match="an index server of an older version"):
            acquire_server(link)


def test_what_a_killed_server_leaves_in_the_temporary_folder_is_removed(folder: Path) -> None:
    lease = acquire_server(folder)
    left = Path(lease.url.removeprefix("unix:")).parent
    pid = owner(folder)
    os.kill(pid, 9)
    other = acquire_server(folder)
    assert not left.exists()
    lease.close()
    other.close()
    assert inside(folder, "address").exists()
