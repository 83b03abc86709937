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
from contextlib import suppress
from pathlib import Path

from rag_stream.index import checkpoint
from rag_stream.index.change_log import DAMAGES

MEND = "rag_stream.indexing.mend"
"""Run, not imported: its room imports this one, and it takes 30 MB more."""
PAUSE_S = 1.0
FAILED_PAUSE_S = 60.0
_ALL = "all"
END_S = 1.0
"""For a search that is about to end when the server does."""
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
        self._is_searched = which != _ALL
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
            # Who waits knows that it may take long: it is the copier of the last owner, too.
            mark.write_text(f"mending {os.getpid()}")
            (folder / checkpoint.STORE).mkdir(mode=0o700, exist_ok=True)
            behind = {} if is_new else checkpoint.begin(folder, crashed=crashed)
            if not crashed:
                mark.write_text("")
        except DAMAGES as error:
            _tell("the graphs cannot be put in order", error)
            with suppress(OSError):
                mark.write_text("")  # nobody need wait for it
            return cls(folder, "", crashed=crashed, is_new=is_new, is_able=False)
        which = _ALL if crashed or is_unknown else json.dumps(behind) if behind else ""
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
        self._look_at_mender()
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
        if self._mender is not None and not self._is_searched:  # it may be just done
            with suppress(subprocess.TimeoutExpired):
                self._mender.wait(END_S)
        self._look_at_mender()
        if mending(self._folder) or not self._is_searched:
            _mark(self._folder).write_text("")  # the next one begins with it again
        else:
            _mark(self._folder).unlink(missing_ok=True)

    def _look_at_mender(self) -> None:
        if self._mender is None or self._mender.poll() is None:
            return
        self._is_searched = self._is_searched or self._mender.returncode == 0
        for pipe in (self._mender.stdin, self._mender.stdout):
            if pipe is not None:
                pipe.close()
        self._mender = None

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
