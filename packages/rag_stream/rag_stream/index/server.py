"""The process that owns an index folder: a Chroma server found or started on demand.

Chroma's folder can be opened by one process only (a second one searches stale data and
two writers damage it), so app, workers and ingest are all clients of one server. Nobody
has to run it: the first user starts it, it ends by itself when its last user has gone.

Which that is the locks in the folder tell (`folder.py`). `server_process.py` is that server's
own program.
"""

import fcntl
import logging
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from rag_stream.child_environment import with_code_of
from rag_stream.errors import IndexUnavailableError
from rag_stream.index import server_process
from rag_stream.index.connections import answers, path_of
from rag_stream.index.folder import create, inside, open_folder, open_lock
from rag_stream.index.full_disk import FULL, has_room, is_full
from rag_stream.index.lock_wait import LockWait, holders
from rag_stream.index.server_process import POLL_S, START_TIMEOUT_S, is_closed, read_address
from rag_stream.index.upkeep import mending

log = logging.getLogger(__name__)
_OPEN = (
    "this system cannot close the index server's port to other accounts of this machine (TCP "
    "signatures, CONFIG_TCP_MD5SIG): they can read and change the index"
)
_SLOW_START_S = 3.0
_MEND_TIMEOUT_S = 600.0
"""The wait for a server that puts the index back in order after another one crashed."""
_WHAT = "the index folder (RAG_CHROMA_PATH)"


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
    return StartingServer(folder, timeout_s=timeout_s).wait(timeout_s=timeout_s)


class StartingServer:
    """The folder's server, started where it does not run, while its user does something else.

    Raises IndexUnavailableError when the folder cannot be used. `wait` makes it a lease;
    `close` gives it up instead.
    """

    def __init__(self, folder: Path, *, timeout_s: float = START_TIMEOUT_S) -> None:
        try:
            self._folder = open_folder(folder)
            self._users = open_lock(inside(self._folder, "users"))
        except OSError as error:
            raise _unusable(error) from error
        try:
            for name in {folder.absolute(), self._folder}:
                _refuse_older(name)
            _join(self._folder, self._users, timeout_s)
            # Without an owner it says who did it last, and came to no end.
            self._no_mender = "" if _is_owned(self._folder) else mending(self._folder)
            self._started = None if _is_owned(self._folder) else _start(self._folder)
        except OSError as error:
            self.close()
            raise _unusable(error) from error
        except BaseException:
            self.close()
            raise

    def wait(self, *, timeout_s: float = START_TIMEOUT_S) -> ServerLease:
        """Block until the server answers. Raises IndexUnavailableError."""
        try:
            url = _await_server(self._folder, self._started, self._no_mender, timeout_s)
            return ServerLease(url, self._users)
        except OSError as error:
            self.close()
            raise _unusable(error) from error
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._users.close()


def _refuse_older(folder: Path) -> None:
    """A server from when the locks stood beside the folder does not know of those in it."""
    beside = folder.with_name(f"{folder.name}.lock")
    with suppress(FileNotFoundError, PermissionError), beside.open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            raise IndexUnavailableError(
                "an index server of an older version still runs in RAG_CHROMA_PATH "
                f"({holders(beside)}): end what uses it first"
            ) from None


def _join(folder: Path, users: IO[bytes], timeout_s: float) -> None:
    """Become a user; waits while a server that found itself unused is on its way out."""
    wait = LockWait(inside(folder, "users"), _WHAT, timeout_s)
    while True:
        try:
            fcntl.flock(users, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            if wait.is_over():
                raise IndexUnavailableError(wait.complaint()) from None
            time.sleep(POLL_S)
        else:
            return


def _await_server(folder: Path, started: int | None, no_mender: str, timeout_s: float) -> str:
    # That it is still starting is nothing to tell of.
    wait = LockWait(inside(folder, "lock"), _WHAT, timeout_s, tell_after_s=_SLOW_START_S)
    url: str | None = None
    mender = ""
    while not wait.is_over():
        if _is_owned(folder):
            url = read_address(folder)
            if url and answers(url):
                if not is_closed(folder):
                    log.warning(_OPEN)
                return url
            if (now := mending(folder)) not in ("", no_mender):
                # The next one that takes so long is one too many: it will not come up either.
                mender = mender or now
                wait.allow(_MEND_TIMEOUT_S if now == mender else timeout_s)
        elif started is None or _has_ended(started):
            if started is not None and not has_room(folder):
                raise IndexUnavailableError(FULL)
            if mender:  # that one has ended
                wait.allow(timeout_s)
            started = _start(folder)
        time.sleep(POLL_S)
    if url and not Path(path_of(url)).exists():
        raise IndexUnavailableError(
            "the index server's socket cannot be seen from here: processes that share "
            "RAG_CHROMA_PATH must share their temporary folder (TMPDIR), too"
        )
    if started is None and url is None:
        raise IndexUnavailableError(wait.complaint())
    raise IndexUnavailableError(
        f"the index server did not answer within {timeout_s:g} s; "
        "its log stands in the index folder (RAG_CHROMA_PATH)"
        if has_room(folder)
        else FULL
    )


def _unusable(error: OSError) -> IndexUnavailableError:
    return IndexUnavailableError(
        FULL
        if is_full(error)
        else f"RAG_CHROMA_PATH: expected a folder that can be written, got {error.strerror!r}"
    )


def _start(folder: Path) -> int:
    """Start the owner and return its process id.

    Its own session, so that a Ctrl-C in the user's terminal does not reach it; not a
    Popen, because it outlives us on purpose and nobody here waits for its end.
    """
    log = create(inside(folder, "log"), os.O_WRONLY | os.O_TRUNC)
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
    with open_lock(inside(folder, "lock")) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False
