"""A Chroma server of a test's own, on a port that stays: ended, frozen and started again."""

import http.client
import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Self

from tests.support.ports import free_port

# What `chroma run` does, without the imports around it.
_RUN = "import sys, chromadb_rust_bindings as c; c.cli(['chroma', 'run', *sys.argv[1:]])"


def answers(port: int) -> bool:
    """Whether a Chroma server answers on this port of this machine."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        link.request("GET", "/api/v2/heartbeat")
        return link.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()


class ChromaProcess:
    """Runs while the `with` block lasts, except between `stop` and `start`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        where = ["--path", str(self.folder), "--host", "127.0.0.1", "--port", str(self.port)]
        self._process = subprocess.Popen(
            [sys.executable, "-c", _RUN, *where],
            cwd=self.folder,
            env={**os.environ, "RUST_LOG": "error"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = monotonic() + 30
        while not answers(self.port):
            assert self._process.poll() is None, "Chroma has ended"
            assert monotonic() < deadline, "Chroma does not answer"
            sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        self._process.send_signal(how)
        self._process.wait(15)

    def freeze(self) -> None:
        """The kernel still takes its connections, and it answers none."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait(10)
