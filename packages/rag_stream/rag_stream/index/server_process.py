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
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO

from rag_stream.index import checkpoint

START_TIMEOUT_S = 30.0
LINGER_S = 2.0
"""How long the server outlives its last user, so that one command after another finds it."""
POLL_S = 0.02
MEND = "rag_stream.indexing.mend"
"""Run, not imported: it lies in a room above this one, and takes 30 MB more."""
_WATCH_S = 0.25
_COPY_SHARE = 20
"""Between two copies of the graphs at least so many times what the last one took."""


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
        unclosed = beside(folder, "unclosed")
        crashed = unclosed.exists()
        if crashed:
            _tell(folder, {"mending": True})
        unclosed.touch()
        behind = checkpoint.begin(folder, crashed=crashed)
        port = _free_port()
        owner = _Owner(folder, port, behind, crashed=crashed)
        threading.Thread(target=owner.watch, daemon=True).start()
        where = ["--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
        chromadb_rust_bindings.cli(["chroma", "run", *where])
        unclosed.unlink(missing_ok=True)


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


def _tell(folder: Path, what: dict[str, object]) -> None:
    draft = beside(folder, "address.new")
    draft.write_text(json.dumps({**what, "pid": os.getpid()}))
    draft.replace(beside(folder, "address"))


class _Owner:
    """What goes on beside the server: its start and its end, and the care for the graphs."""

    def __init__(
        self, folder: Path, port: int, behind: dict[str, int] | None, *, crashed: bool
    ) -> None:
        self._folder = folder
        self._port = port
        self._behind = behind
        self._crashed = crashed
        self._helper: subprocess.Popen[str] | None = None
        self._next_copy = 0.0
        self._began = 0.0

    def watch(self) -> None:
        """End this process, in the server's own orderly way, when no user is left."""
        self._announce()
        users = beside(self._folder, "users").open("ab")
        unused_since: float | None = None
        while True:
            self._care()
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                unused_since = None
            else:
                now = time.monotonic()
                unused_since = unused_since or now
                if now - unused_since >= LINGER_S:
                    # Keep the lock: a user who comes now waits until this process is gone.
                    beside(self._folder, "address").unlink(missing_ok=True)
                    os.kill(os.getpid(), signal.SIGTERM)
                    return
                fcntl.flock(users, fcntl.LOCK_UN)
            time.sleep(_WATCH_S)

    def _announce(self) -> None:
        """Say where the server listens once it does; without an answer in time, end it."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while not answers(self._port):
            if time.monotonic() > deadline:
                os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(POLL_S)
        if self._crashed:
            helper = self._start(MEND, str(self._port), "all")
            assert helper.stdout is not None, "piped"  # noqa: S101
            helper.stdout.readline()  # or its end
        elif self._behind is None:
            self._start(checkpoint.__name__)  # which has the new log kept
        elif self._behind:
            self._start(MEND, str(self._port), json.dumps(self._behind))
        _tell(self._folder, {"url": f"http://127.0.0.1:{self._port}"})

    def _care(self) -> None:
        """Have the graphs copied when they have changed and rest."""
        now = time.monotonic()
        if self._helper is not None:
            if self._helper.poll() is None:
                return
            self._helper = None
            self._next_copy = now + _COPY_SHARE * (now - self._began)
        if now >= self._next_copy and checkpoint.is_due(self._folder):
            self._start(checkpoint.__name__)

    def _start(self, module: str, *arguments: str) -> "subprocess.Popen[str]":
        self._began = time.monotonic()
        self._helper = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-P", "-m", module, str(self._folder), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self._helper


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
