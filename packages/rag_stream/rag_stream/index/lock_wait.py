"""Waiting for a lock of a file, and who has it: nobody waits long without being told why."""

import logging
import os
import pwd
import time
from contextlib import suppress
from pathlib import Path

TELL_AFTER_S = 1.0
"""A server on its way out, the usual reason, takes less."""
log = logging.getLogger(__name__)


class LockWait:
    """One wait; `is_over` is asked between two attempts."""

    def __init__(
        self, lock: Path, what: str, timeout_s: float, *, tell_after_s: float = TELL_AFTER_S
    ) -> None:
        """`what` is locked, in words."""
        self._lock = lock
        self._what = what
        self._timeout_s = timeout_s
        self._tell_after_s = tell_after_s
        self._began = time.monotonic()
        self._is_told = False

    def is_over(self) -> bool:
        """Whether the time is up; says after a while who is waited for."""
        took_s = time.monotonic() - self._began
        if took_s > self._tell_after_s and not self._is_told:
            self._is_told = True
            log.warning("waiting for %s: held by %s", self._what, holders(self._lock))
        return took_s > self._timeout_s

    def allow(self, timeout_s: float) -> None:
        """It may take so long in all."""
        self._timeout_s = timeout_s

    def complaint(self) -> str:
        return (
            f"{self._what} has been locked for {self._timeout_s:g} s "
            f"by {holders(self._lock)}: expected it to be free"
        )


def holders(path: Path) -> str:
    """The processes that hold a lock on the file, as far as this system tells."""
    try:
        found = path.stat()
        wanted = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
        lines = Path("/proc/locks").read_text().splitlines()
    except OSError:
        return "another process"
    # `1: FLOCK  ADVISORY  WRITE 123 fd:01:456 0 EOF`; who waits has an arrow before its kind.
    fields = [line.split() for line in lines if "->" not in line]
    pids = {field[4] for field in fields if len(field) > 5 and field[5] == wanted}
    names = sorted(_named(int(pid)) for pid in pids - {str(os.getpid())} if int(pid) > 0)
    return ", ".join(names) or "another process"


def _named(pid: int) -> str:
    """A process and whose it is; one of another container cannot be seen."""
    with suppress(OSError):
        uid = Path(f"/proc/{pid}").stat().st_uid
        with suppress(KeyError):
            return f"process {pid} of {pwd.getpwuid(uid).pw_name}"
        return f"process {pid} of user {uid}"
    return f"process {pid}"
