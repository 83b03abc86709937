"""The program that owns an index folder: it serves the folder until nobody uses it.

`python -P -m rag_stream.index.server_process PATH`; `server.py` starts it, `folder.py` says what
the files in the folder mean, `broker.py` who may talk to it. It imports the standard library and
Chroma's bindings alone: with LangChain it took 1.5 s of start-up and 70 MB more.

The bindings can open the folder without a server, but their writes hold Python's lock: with
6,000 chunks and batches of 16 a question beside an ingest took 140 ms (median) where the server
takes 14, with batches of one 39 and 7.
"""

import fcntl
import json
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from rag_stream.index.broker import Broker, remove_left
from rag_stream.index.connections import address_of
from rag_stream.index.folder import UMASK, inside, open_lock
from rag_stream.index.upkeep import Upkeep

START_TIMEOUT_S = 30.0
LINGER_S = 2.0
"""How long the server outlives its last user, so that one command after another finds it."""
POLL_S = 0.02
_WATCH_S = 0.25


def serve(folder: Path) -> None:
    """Own the folder and serve it until nobody uses it; return at once if it is owned."""
    # Lazily: those who only hold a lease need none of it. The bindings are what `chroma run`
    # calls; without the client library around them the server answers in 0.2 s, not in 4.
    import chromadb_rust_bindings

    os.umask(UMASK)  # for what Chroma writes
    with open_lock(inside(folder, "lock")) as lock:
        if not _own(lock):
            return
        forget_address(folder)
        upkeep = Upkeep.begin(folder)
        broker = Broker(folder)
        inside(folder, "socket").write_text(broker.path)
        threading.Thread(target=_watch, args=(folder, broker, lock, upkeep), daemon=True).start()
        host, port = broker.server
        where = ["--path", str(folder), "--host", host, "--port", str(port)]
        try:
            chromadb_rust_bindings.cli(["chroma", "run", *where])
            if _is_still(inside(folder, "lock"), lock):  # or another folder is at its path now
                upkeep.end()
        finally:
            broker.remove()


def read_address(folder: Path) -> str | None:
    """Where the folder's server can be reached; None before its owner has said so."""
    try:
        return str(json.loads(inside(folder, "address").read_text())["url"])
    except (OSError, ValueError, KeyError):
        return None


def is_closed(folder: Path) -> bool:
    """Whether the server's port is closed to other accounts, as its owner has said."""
    try:
        return bool(json.loads(inside(folder, "address").read_text())["closed"])
    except (OSError, ValueError, KeyError):
        return True  # gone meanwhile, and nothing to tell of


def forget_address(folder: Path) -> None:
    """Remove what an owner that was killed has left. Only the owner may."""
    with suppress(OSError):
        remove_left(inside(folder, "socket").read_text())
    for what in ("socket", "address"):
        inside(folder, what).unlink(missing_ok=True)


def _own(lock: IO[bytes]) -> bool:
    """Take the folder, or learn that another server has it; outlast a moment's probe."""
    for _ in range(50):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(POLL_S)
        else:
            return True
    return False


def _announce(folder: Path, broker: Broker, upkeep: Upkeep) -> None:
    """Say where the server can be reached once it can; without an answer in time, end it."""
    if not broker.open(START_TIMEOUT_S):
        os.kill(os.getpid(), signal.SIGTERM)
        return
    upkeep.opened(address_of(broker.path))
    draft = inside(folder, "address.new")
    told = {"url": address_of(broker.path), "pid": os.getpid(), "closed": broker.is_closed}
    draft.write_text(json.dumps(told))
    draft.replace(inside(folder, "address"))


def _watch(folder: Path, broker: Broker, lock: IO[bytes], upkeep: Upkeep) -> None:
    """End this process, in the server's own orderly way, when no user is left."""
    try:
        _announce(folder, broker, upkeep)
        users = open_lock(inside(folder, "users"))
        _wait_unused(folder, broker, users, lock, upkeep)
        # The locks stay: a user who comes now waits until this process is gone.
        if _is_still(inside(folder, "lock"), lock):
            inside(folder, "address").unlink(missing_ok=True)
    finally:  # a full disk, for one, is no reason to stay without anybody knowing where
        os.kill(os.getpid(), signal.SIGTERM)


def _wait_unused(
    folder: Path, broker: Broker, users: IO[bytes], lock: IO[bytes], upkeep: Upkeep
) -> None:
    """Until there has been no user for a while, or none can find us any more."""
    unused_since: float | None = None
    while broker.is_there() and _is_still(inside(folder, "lock"), lock):
        upkeep.look()
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            unused_since = None
        else:
            now = time.monotonic()
            unused_since = unused_since or now
            if now - unused_since >= LINGER_S:
                return
            fcntl.flock(users, fcntl.LOCK_UN)
        time.sleep(_WATCH_S)


def _is_still(path: Path, lock: IO[bytes]) -> bool:
    """Whether the folder that is served is the one at its path: not removed, not moved away."""
    try:
        return os.path.samestat(path.stat(), os.fstat(lock.fileno()))
    except OSError:
        return False


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
