"""Waits for a lock: told when they get long, with who is to blame."""

import fcntl
import getpass
import os
from pathlib import Path

import pytest

from rag_stream.index.lock_wait import LockWait, holders
from tests.support.locked import held


def test_it_says_who_holds_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with held(path) as pid:
        assert holders(path) == f"process {pid} of {getpass.getuser()}"
    assert holders(path) == "another process"
    assert holders(tmp_path / "missing") == "another process"


def test_this_process_is_not_meant(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with path.open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        assert str(os.getpid()) not in holders(path)


def test_a_long_wait_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "lock"
    with held(path) as pid:
        wait = LockWait(path, "the thing", 60, tell_after_s=0)
        assert [wait.is_over() for _ in range(3)] == [False] * 3
    (record,) = caplog.records
    assert record.getMessage().startswith(f"waiting for the thing: held by process {pid} of ")


def test_a_short_one_is_not(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert not LockWait(tmp_path / "lock", "the thing", 60, tell_after_s=50).is_over()
    assert not caplog.records


def test_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with held(path) as pid:
        wait = LockWait(path, "the thing", 0)
        assert wait.is_over()
        assert f"the thing has been locked for 0 s by process {pid} of " in wait.complaint()
