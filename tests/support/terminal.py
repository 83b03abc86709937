"""A command on a terminal of its own, typed at and read as a person would."""

import os
import pty
import select
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import monotonic

from tests.support.service import clean_environment

INTERRUPT = "\x03"


class Terminal:
    """What stands on the screen so far, and the keyboard."""

    def __init__(self, keyboard: int, process: subprocess.Popen[bytes]) -> None:
        self._keyboard = keyboard
        self.process = process
        self.screen = ""
        self._seen = 0

    def type(self, text: str) -> None:
        os.write(self._keyboard, text.encode())

    def read_until(self, text: str, *, timeout: float = 60.0) -> str:
        """Read on until this text has come; return all up to its end since the last time."""
        end = monotonic() + timeout
        while (at := self.screen.find(text, self._seen)) < 0:
            assert self._read(end - monotonic()), f"{text!r} did not come: {self.screen!r}"
        start, self._seen = self._seen, at + len(text)
        return self.screen[start : self._seen]

    def wait_end(self, *, timeout: float = 60.0) -> int:
        """Read to the end of the command; return its exit status."""
        end = monotonic() + timeout
        while self._read(end - monotonic()):
            pass
        return self.process.wait(max(0.1, end - monotonic()))

    def _read(self, within_s: float) -> bool:
        """Read what has come; False at the end and where nothing comes."""
        if not select.select([self._keyboard], [], [], max(0.0, within_s))[0]:
            return False
        try:
            part = os.read(self._keyboard, 4096)
        except OSError:  # the command has closed its end
            return False
        self.screen += part.decode().replace("\r\n", "\n")
        return bool(part)


@contextmanager
def on_terminal(env: Mapping[str, str], *command: str) -> Iterator[Terminal]:
    """Run a module as a command that has a terminal for everything."""
    keyboard, terminal = pty.openpty()
    process = subprocess.Popen(
        ["setsid", "--ctty", sys.executable, "-m", *command],
        env=clean_environment({"TERM": "xterm", **env}),
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    try:
        yield Terminal(keyboard, process)
    finally:
        process.kill()
        process.wait()
        os.close(keyboard)
