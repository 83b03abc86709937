"""One lexical index where it lies: in a folder of this machine, or in memory.

A commit of the engine is atomic, and the mark, which says what generation the index stands
for, is a document of the same commit. So whoever dies while writing leaves the index as it
was.

Everything here blocks, a search for well below a millisecond per ten thousand chunks.
"""

import fcntl
import os
import threading
from contextlib import suppress
from pathlib import Path

import tantivy

from rag_stream.index.folder import FOLDER_MODE
from rag_stream.lexical import fields
from rag_stream.lexical.checksums import checksum, data_files, read_sums
from rag_stream.lexical.snapshot import LexicalDamagedError, Mark, Signature, Snapshot, guarded
from rag_stream.lexical.writer import Writer

_ATTEMPTS = 5


class LexicalStore:
    """The index of one collection; `view` is the last version that was looked at."""

    def __init__(self, folder: Path | None) -> None:
        """`folder` is made by the first writing; None keeps the index in memory."""
        self.folder = folder
        self.view: Snapshot | None = None
        self._index = tantivy.Index(fields.SCHEMA) if folder is None else None
        self._lock = threading.Lock()
        self._hold: int | None = None
        self._sound: dict[str, int] = {}

    def has_moved(self) -> bool:
        """Whether there is a version other than the one in `view`; cheap."""
        if self.folder is None:
            return False
        signature = self._signature()
        return signature is not None and (self.view is None or self.view.signature != signature)

    def refresh(self) -> Snapshot | None:
        """The newest version, None where there is none. Raises LexicalDamagedError.

        While an index is made anew the one before it, if it was ever seen, goes on.
        """
        with self._lock:
            for attempt in range(_ATTEMPTS):
                if self.folder is not None and not self.has_moved():
                    return self.view
                signature = self._signature()
                try:
                    with guarded():
                        return self._read(signature)
                except LexicalDamagedError:
                    self._index = None if self.folder is not None else self._index
                    # A writer may have gone on while we read.
                    if attempt + 1 == _ATTEMPTS or self._signature() == signature:
                        raise
            return self.view

    def _read(self, signature: Signature | None) -> Snapshot | None:
        index = self._index
        if self.folder is not None:
            self._check_files()
            if index is None:
                self._keep()
                index = _open(self.folder)
        if index is None:
            return None
        index.reload()
        searcher = index.searcher()
        mark = Mark.of(searcher)
        if mark is not None:
            self._index = index
            self.view = Snapshot(searcher, mark, signature or (0, 0, 0))
        return self.view

    def _check_files(self) -> None:
        assert self.folder is not None, "only folders have files"  # noqa: S101
        sums = read_sums(self.folder)
        current = data_files(self.folder)
        for name in current:
            expected = sums.get(name)
            if expected is not None and self._sound.get(name) != expected:
                if checksum(self.folder / name) != expected:
                    raise OSError(f"{name} has another checksum than when it was written")
                self._sound[name] = expected
        self._sound = {name: total for name, total in self._sound.items() if name in current}

    def _signature(self) -> Signature | None:
        if self.folder is None:
            return None
        try:
            stat = (self.folder / "meta.json").stat()
        except OSError:
            return None
        return stat.st_ino, stat.st_mtime_ns, stat.st_size

    def _keep(self) -> None:
        """Show that the folder is in use; `remove_unused` leaves it then."""
        assert self.folder is not None, "only folders are kept"  # noqa: S101
        self._let_go()
        self._hold = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        with suppress(BlockingIOError):  # it is being removed, which we shall notice
            fcntl.flock(self._hold, fcntl.LOCK_SH | fcntl.LOCK_NB)

    def _let_go(self) -> None:
        hold, self._hold = self._hold, None
        if hold is not None:
            os.close(hold)

    def begin(self, *, anew: bool, name: str = "") -> Writer:
        """Start to write; the caller is the only one to. Raises LexicalDamagedError.

        `anew` replaces all that is there, `name` being the collection's.
        """
        with guarded():
            if self.folder is None:
                assert self._index is not None, "made with the store"  # noqa: S101
                return Writer(self._index, None, self.refresh, anew=anew)
            try:
                if self.view is None or self._signature() is None:
                    raise ValueError("nothing that could be read")
                index = _open(self.folder)
            except ValueError:
                if not anew:
                    raise
                self.wipe()
                self.folder.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
                (self.folder / "collection").write_text(name)
                index = tantivy.Index(fields.SCHEMA, path=str(self.folder))
            return Writer(index, self.folder, lambda: None, anew=anew)

    def wipe(self) -> None:
        """Remove what cannot be trusted; a `view` goes on. Raises LexicalDamagedError."""
        if self.folder is None or not self.folder.exists():
            return
        with self._lock, guarded():
            self._index = None
            self._sound = {}
            # First what makes it an index: it is none from that moment on.
            for path in sorted(self.folder.iterdir(), key=lambda path: path.name != "meta.json"):
                path.unlink()

    def is_still(self, view: Snapshot) -> bool:
        """Whether the newest version is the one in `view`."""
        return self._signature() in (None, view.signature)

    def close(self) -> None:
        with self._lock:
            self._let_go()
            self.view = None
            if self.folder is not None:
                self._index = None


def _open(folder: Path) -> tantivy.Index:
    index = tantivy.Index.open(str(folder))
    index.config_reader("manual")
    return index
