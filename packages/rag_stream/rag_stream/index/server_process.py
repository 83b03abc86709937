"""The program that owns an index folder: it serves the folder until nobody uses it.

`python -P -m rag_stream.index.server_process PATH`; `server.py` starts it and says what the
files beside the folder mean. It imports the standard library and Chroma's bindings alone:
with LangChain it took 1.5 s of start-up and 70 MB more.
"""

import fcntl
import json
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from typing import IO

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

    folder = folder.absolute()
    with beside(folder, "lock").open("ab") as lock:
        if not _own(lock):
            return
        beside(folder, "address").unlink(missing_ok=True)
        upkeep = Upkeep.begin(folder)
        port = _free_port()
        threading.Thread(target=_watch, args=(folder, port, upkeep), daemon=True).start()
        where = ["--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
        chromadb_rust_bindings.cli(["chroma", "run", *where])
        upkeep.end()


def beside(folder: Path, what: str) -> Path:
    """One of the files that stand beside the folder."""
    return folder.with_name(f"{folder.name}.{what}")


def answers(port: int) -> bool:
    """Whether a Chroma server answers on this port of this machine."""
    # By hand: urllib.request takes 8 MB, and asks a proxy of the environment.
    ask = b"GET /api/v2/heartbeat HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as link:
            link.sendall(ask)
            with link.makefile("rb") as answer:
                return answer.readline(1024).startswith(b"HTTP/1.1 200")
    except OSError:
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
            time.sleep(POLL_S)
        else:
            return True
    return False


def _announce(folder: Path, port: int, upkeep: Upkeep) -> None:
    """Say where the server listens once it does; without an answer in time, end it."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while not answers(port):
        if time.monotonic() > deadline:
            os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(POLL_S)
    url = f"http://127.0.0.1:{port}"
    upkeep.opened(url)
    draft = beside(folder, "address.new")
    draft.write_text(json.dumps({"url": url, "pid": os.getpid()}))
    draft.replace(beside(folder, "address"))


def _watch(folder: Path, port: int, upkeep: Upkeep) -> None:
    """End this process, in the server's own orderly way, when no user is left."""
    _announce(folder, port, upkeep)
    users = beside(folder, "users").open("ab")
    unused_since: float | None = None
    while True:
        upkeep.look()
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            unused_since = None
        else:
            now = time.monotonic()
            unused_since = unused_since or now
            if now - unused_since >= LINGER_S:
                # Keep the lock: a user who comes now waits until this process is gone.
                beside(folder, "address").unlink(missing_ok=True)
                os.kill(os.getpid(), signal.SIGTERM)
                return
            fcntl.flock(users, fcntl.LOCK_UN)
        time.sleep(_WATCH_S)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
