"""A real Redis on a loopback port, that a test can end and start again."""

import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Self

from tests.support.ports import free_port

DEADLINE_S = 20.0


class RedisServer:
    """Runs `redis-server` while the `with` block lasts; it writes nothing that outlives it."""

    def __init__(self, password: str | None = None) -> None:
        self.port = free_port()
        login = f":{password}@" if password else ""
        self.url = f"redis://{login}127.0.0.1:{self.port}/0"
        self._folder = Path(tempfile.mkdtemp(prefix="rag-stream-redis-"))
        self._log = self._folder / "redis.log"
        self._command = [
            "redis-server",
            *("--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self._folder)),
            *("--save", "", "--appendonly", "no"),
            *(("--requirepass", password) if password else ()),
        ]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        if error is not None:
            error.add_note(f"log of redis-server:\n{self._log.read_text(errors='replace')[-4000:]}")
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Start it, on the same port as before, and wait until it answers; it is empty."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        end = monotonic() + DEADLINE_S
        while not self._answers():
            if self._process.poll() is not None or monotonic() > end:
                self.stop()
                raise RuntimeError(f"redis-server did not start:\n{self._log.read_text()[-4000:]}")
            sleep(0.01)

    def stop(self) -> None:
        """End it at once, connections and data included; nothing if it does not run."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def freeze(self) -> None:
        """Let it answer nothing, its connections staying open; `stop` or `thaw` end that."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on after `freeze`."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is None:
            raise RuntimeError("redis-server does not run: expected start() before")
        self._process.send_signal(number)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as line:
                line.sendall(b"PING\r\n")
                # With a password set it refuses to, which is an answer too.
                return line.recv(64).startswith((b"+PONG", b"-NOAUTH"))
        except OSError:
            return False
