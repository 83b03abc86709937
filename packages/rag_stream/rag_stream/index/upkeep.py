"""The owner's care for the graphs: before its server opens the folder, while it runs, at its end.

`PATH/unclosed` is there while a server runs, and after one that did not come to its end. The
next one then puts the graphs back in order (`checkpoint.py`) and has every chunk looked for
before it lets anybody in. While the server runs, programs of their own do the work: the copies
need the database, which the server's process must not open besides, the search needs a client.

None of it is worth the service: where it fails, the owner says so and goes on.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from rag_stream.index import checkpoint
from rag_stream.index.change_log import DAMAGES

MEND = "rag_stream.indexing.mend"
"""Run, not imported: it lies in a room above this one, and takes 30 MB more."""
PAUSE_S = 1.0
FAILED_PAUSE_S = 60.0
COPY_SHARE = 20
"""Between two copies of the graphs at least so many times what the last one took."""


class Upkeep:
    """Of one folder, by the process that owns it."""

    def __init__(
        self, folder: Path, which: str, *, crashed: bool, is_new: bool, is_able: bool
    ) -> None:
        """`which`: the chunks to look for, as `indexing/mend.py` takes it; empty: none."""
        self._folder = folder
        self._url = ""
        self._is_new = is_new
        self._which = which
        self._crashed = crashed
        self._is_able = is_able
        self._copier: subprocess.Popen[str] | None = None
        self._mender: subprocess.Popen[str] | None = None
        self._began = self._next_copy = time.monotonic()

    @classmethod
    def begin(cls, folder: Path) -> "Upkeep":
        """Before the server opens the folder. What cannot be done is told, and it goes on."""
        mark = _mark(folder)
        is_new = not (folder / "chroma.sqlite3").exists()
        crashed = mark.exists() and not is_new
        # An earlier release left no mark: whether it came to its end is not known.
        is_unknown = not is_new and not (folder / checkpoint.STORE).exists()
        try:
            mark.write_text(f"mending {os.getpid()}" if crashed else "")
            (folder / checkpoint.STORE).mkdir(mode=0o700, exist_ok=True)
            behind = {} if is_new else checkpoint.begin(folder, crashed=crashed)
        except DAMAGES as error:
            _tell("the graphs cannot be put in order", error)
            return cls(folder, "", crashed=crashed, is_new=is_new, is_able=False)
        which = "all" if crashed or is_unknown else json.dumps(behind) if behind else ""
        return cls(folder, which, crashed=crashed, is_new=is_new, is_able=True)

    def opened(self, url: str) -> None:
        """The server answers there; after a crash nobody is let in before this returns."""
        self._url = url
        if not (self._is_able and self._crashed):
            return
        try:
            self._mend()
            assert self._mender is not None, "just started"  # noqa: S101
            assert self._mender.stdout is not None, "piped"  # noqa: S101
            self._mender.stdout.readline()  # or its end
            _mark(self._folder).write_text("")
        except OSError as error:
            _tell("not every chunk was looked for", error)

    def look(self) -> None:
        """Now and then: have the graphs copied when they have changed and rest."""
        now = time.monotonic()
        if self._mender is not None and self._mender.poll() is not None:
            self._mender = None
        if self._copier is not None:
            status = self._copier.poll()
            if status is None:
                return
            self._copier = None
            pause_s = FAILED_PAUSE_S if status else max(PAUSE_S, COPY_SHARE * (now - self._began))
            self._next_copy = now + pause_s
        if not self._is_able or now < self._next_copy:
            return
        self._next_copy = now + PAUSE_S
        try:
            if self._which and not self._crashed:  # not before others were let in: it takes time
                self._mend()
            if self._is_new or checkpoint.is_due(self._folder):
                self._copy()  # which has a new database's log kept
            self._which, self._is_new = "", False
        except OSError as error:
            self._next_copy = now + FAILED_PAUSE_S
            _tell("the graphs could not be copied", error)

    def end(self) -> None:
        """The server has come to its end."""
        if not self._is_able:
            return
        if mending(self._folder):
            _mark(self._folder).write_text("")  # the next one begins with it again
        else:
            _mark(self._folder).unlink(missing_ok=True)

    def _mend(self) -> None:
        # Its standard input ends with us, and it with that: the next owner has its own.
        self._mender = _start(MEND, self._folder, self._url, self._which)

    def _copy(self) -> None:
        self._began = time.monotonic()
        self._copier = _start(checkpoint.__name__, self._folder)


def mending(folder: Path) -> str:
    """Who puts the folder in order at this time; empty where nobody does."""
    try:
        return _mark(folder).read_text()
    except OSError:
        return ""


def _tell(what: str, error: Exception) -> None:
    print(f"{what}: {error}", file=sys.stderr, flush=True)


def _mark(folder: Path) -> Path:
    return folder / "unclosed"


def _start(module: str, folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-P", "-m", module, str(folder), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
