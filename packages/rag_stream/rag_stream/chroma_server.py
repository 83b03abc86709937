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

Run as `python -m rag_stream.chroma_server PATH`, the module is that server.
"""

import fcntl
import json
import os
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO

from rag_stream.errors import IndexUnavailableError

START_TIMEOUT_S = 30.0
LINGER_S = 2.0
"""How long the server outlives its last user, so that one command after another finds it."""
_POLL_S = 0.02
_WATCH_S = 0.25


class ServerLease:
    """One user's hold on the folder's server; the server may end once it is closed."""

    def __init__(self, url: str, users: IO[bytes]) -> None:
        self.url = url
        self._users = users

    def close(self) -> None:
        self._users.close()


def acquire_server(folder: Path, *, timeout_s: float = START_TIMEOUT_S) -> ServerLease:
    """Find the folder's server or start it; blocks until it answers (~0.5 s for a new one).

    Raises IndexUnavailableError when the folder cannot be used or the server does not start.
    """
    folder = folder.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        users = _beside(folder, "users").open("ab")
    except OSError as error:
        raise IndexUnavailableError(
            f"RAG_CHROMA_PATH: expected a folder that can be written, got {error.strerror!r}"
        ) from error
    try:
        # Waits while a server that found itself unused is on its way out.
        fcntl.flock(users, fcntl.LOCK_SH)
        return ServerLease(_await_server(folder, timeout_s), users)
    except BaseException:
        users.close()
        raise


def _await_server(folder: Path, timeout_s: float) -> str:
    deadline = time.monotonic() + timeout_s
    started: int | None = None
    while time.monotonic() < deadline:
        if _is_owned(folder):
            url = _read_address(folder)
            if url and _answers(url):
                return url
        elif started is None or _has_ended(started):
            started = _start(folder)
        time.sleep(_POLL_S)
    raise IndexUnavailableError(
        f"the index server did not answer within {timeout_s:g} s; "
        "its log stands beside the index folder (RAG_CHROMA_PATH)"
    )


def _start(folder: Path) -> int:
    """Start the owner and return its process id.

    Its own session, so that a Ctrl-C in the user's terminal does not reach it; not a
    Popen, because it outlives us on purpose and nobody here waits for its end.
    """
    log = os.open(_beside(folder, "log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        return os.posix_spawn(
            sys.executable,
            [sys.executable, "-m", "rag_stream.chroma_server", str(folder)],
            {**os.environ, "RUST_LOG": os.environ.get("RUST_LOG", "warn")},
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


def _beside(folder: Path, what: str) -> Path:
    return folder.with_name(f"{folder.name}.{what}")


def _is_owned(folder: Path) -> bool:
    """Whether a server holds the folder; a shared probe never disturbs another probe."""
    with _beside(folder, "lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def _read_address(folder: Path) -> str | None:
    try:
        return str(json.loads(_beside(folder, "address").read_text())["url"])
    except (OSError, ValueError, KeyError):
        return None  # the owner has not written it yet


def _answers(url: str) -> bool:
    # Never through a proxy of the environment: it is on this machine.
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{url}/api/v2/heartbeat", timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _own(lock: IO[bytes]) -> bool:
    """Take the folder, or learn that another server has it; outlast a moment's probe."""
    for _ in range(50):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_POLL_S)
        else:
            return True
    return False


def _announce(folder: Path, url: str) -> None:
    """Say where the server listens once it does; without an answer in time, end it."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while not _answers(url):
        if time.monotonic() > deadline:
            os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_POLL_S)
    draft = _beside(folder, "address.new")
    draft.write_text(json.dumps({"url": url, "pid": os.getpid()}))
    draft.replace(_beside(folder, "address"))


def _watch(folder: Path, url: str) -> None:
    """End this process, in the server's own orderly way, when no user is left."""
    _announce(folder, url)
    users = _beside(folder, "users").open("ab")
    unused_since: float | None = None
    while True:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            unused_since = None
        else:
            now = time.monotonic()
            unused_since = unused_since or now
            if now - unused_since >= LINGER_S:
                # Keep the lock: a user who comes now waits until this process is gone.
                _beside(folder, "address").unlink(missing_ok=True)
                os.kill(os.getpid(), signal.SIGTERM)
                return
            fcntl.flock(users, fcntl.LOCK_UN)
        time.sleep(_WATCH_S)


def serve(folder: Path) -> None:
    """Own the folder and serve it until nobody uses it; return at once if it is owned."""
    # Lazily: those who only hold a lease need none of it. The bindings are what `chroma run`
    # calls; without the client library around them the server answers in 0.2 s, not in 4.
    import chromadb_rust_bindings

    folder = folder.absolute()
    with _beside(folder, "lock").open("ab") as lock:
        if not _own(lock):
            return
        _beside(folder, "address").unlink(missing_ok=True)
        port = _free_port()
        url = f"http://127.0.0.1:{port}"
        threading.Thread(target=_watch, args=(folder, url), daemon=True).start()
        where = ["--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
        chromadb_rust_bindings.cli(["chroma", "run", *where])


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
