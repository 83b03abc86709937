"""The process that owns an index folder: a Chroma server found or started on demand.

Chroma's folder can be opened by one process only (a second one searches stale data and
two writers damage it), so app, workers and ingest are all clients of one server. Nobody
has to run it: the first user starts it, it ends by itself when its last user has gone.

Three files stand beside the folder `PATH`:

- `PATH.lock`: the server holds it exclusively as long as it lives;
- `PATH.users`: every user holds it shared; when the server can take it exclusively,
  nobody is left. The kernel gives locks back when a process dies, however it dies, so
  neither a killed server nor a killed user leaves anything to clean up;
- `PATH.address`: where the lock's holder listens. Without a holder it means nothing.

In the folder itself stand, besides Chroma's own, `unclosed` and `copies` (`upkeep.py`).

`server_process.py` is that server's own program.
"""

import fcntl
import json
import os
import sys
import time
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from rag_stream.child_environment import with_code_of
from rag_stream.errors import IndexUnavailableError
from rag_stream.index import server_process
from rag_stream.index.server_process import POLL_S, START_TIMEOUT_S, answers, beside
from rag_stream.index.upkeep import mending

MEND_TIMEOUT_S = 600.0
"""The wait for a server that puts the index back in order after another one crashed."""


class ServerLease:
    """One user's hold on the folder's server; the server may end once it is closed."""

    def __init__(self, url: str, users: IO[bytes]) -> None:
        self.url = url
        self._users = users

    def close(self) -> None:
        self._users.close()


def acquire_server(folder: Path, *, timeout_s: float = START_TIMEOUT_S) -> ServerLease:
    """Find the folder's server or start it; blocks until it answers (~0.3 s for a new one).

    Raises IndexUnavailableError when the folder cannot be used or the server does not start.
    """
    return StartingServer(folder).wait(timeout_s=timeout_s)


class StartingServer:
    """The folder's server, started where it does not run, while its user does something else.

    Raises IndexUnavailableError when the folder cannot be used. `wait` makes it a lease;
    `close` gives it up instead.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._users = beside(self._folder, "users").open("ab")
        except OSError as error:
            raise IndexUnavailableError(
                f"RAG_CHROMA_PATH: expected a folder that can be written, got {error.strerror!r}"
            ) from error
        try:
            # Waits while a server that found itself unused is on its way out.
            fcntl.flock(self._users, fcntl.LOCK_SH)
            self._started = None if _is_owned(self._folder) else _start(self._folder)
        except BaseException:
            self.close()
            raise

    def wait(self, *, timeout_s: float = START_TIMEOUT_S) -> ServerLease:
        """Block until the server answers. Raises IndexUnavailableError."""
        try:
            return ServerLease(_await_server(self._folder, self._started, timeout_s), self._users)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._users.close()


def _await_server(folder: Path, started: int | None, timeout_s: float) -> str:
    since, limit_s = time.monotonic(), timeout_s
    mender = ""
    while time.monotonic() < since + limit_s:
        if _is_owned(folder):
            url = _read_address(folder)
            if url and answers(urlsplit(url).port or 0):
                return url
            if now := mending(folder):
                # The next one that takes so long is one too many: it will not come up either.
                mender = mender or now
                limit_s = MEND_TIMEOUT_S if now == mender else timeout_s
        elif started is None or _has_ended(started):
            started = _start(folder)
        time.sleep(POLL_S)
    raise IndexUnavailableError(
        f"the index server did not answer within {timeout_s:g} s; "
        "its log stands beside the index folder (RAG_CHROMA_PATH)"
    )


def _start(folder: Path) -> int:
    """Start the owner and return its process id.

    Its own session, so that a Ctrl-C in the user's terminal does not reach it; not a
    Popen, because it outlives us on purpose and nobody here waits for its end.
    """
    log = os.open(beside(folder, "log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        return os.posix_spawn(
            sys.executable,
            # -P: what lies in the user's folder does not stand in for modules of the same name.
            [sys.executable, "-P", "-m", server_process.__name__, str(folder)],
            with_code_of({"RUST_LOG": "warn", **os.environ}, "rag_stream"),
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, log, 1),
                (os.POSIX_SPAWN_DUP2, log, 2),
            ],
            setsid=True,
        )
    finally:
        os.close(log)


def _has_ended(child: int) -> bool:
    try:
        return os.waitpid(child, os.WNOHANG) != (0, 0)
    except ChildProcessError:
        return True


def _is_owned(folder: Path) -> bool:
    """Whether a server holds the folder; a shared probe never disturbs another probe."""
    with beside(folder, "lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def _read_address(folder: Path) -> str | None:
    try:
        return str(json.loads(beside(folder, "address").read_text())["url"])
    except (OSError, ValueError, KeyError):
        return None  # the owner has not written it yet
