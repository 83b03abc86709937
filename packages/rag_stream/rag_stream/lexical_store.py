"""One lexical index where it lies: in a folder of this machine, or in memory.

A commit of the engine is atomic, and the mark, which says what generation the index stands
for, is a document of the same commit. So whoever dies while writing leaves the index as it
was.

Everything here blocks, a search for well below a millisecond per ten thousand chunks.
"""

import ctypes
import fcntl
import json
import logging
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import tantivy
from tantivy import DocAddress, Document, Query, Searcher

from rag_stream import lexical_fields as fields
from rag_stream.chroma import Record
from rag_stream.lexical_files import checksum, data_files, note_sums, read_sums

log = logging.getLogger(__name__)

HEAP_BYTES = 15_000_000
"""The least the engine takes for its writer; it lasts as long as one writing does."""
_ATTEMPTS = 5
_MANY = 1_000

Signature = tuple[int, int, int]


class LexicalDamagedError(Exception):
    """The index cannot be read or written; it has to be made anew, perhaps elsewhere."""


class Hit(NamedTuple):
    """A chunk that has some of the question's words, and its BM25 score."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class Mark:
    """What an index stands for."""

    generation: int
    complete: bool = True
    """Whether it was seen to hold just the chunks of that generation."""
    written: int = 0
    """Documents written since it was made anew; those replaced since still weigh in the scores."""


@dataclass(frozen=True, slots=True)
class View:
    """The index as of one commit; stays as it is, whatever is written later."""

    searcher: Searcher
    mark: Mark
    signature: Signature

    @property
    def count(self) -> int:
        """How many chunks it holds."""
        return int(self.searcher.num_docs) - 1

    def stands_for(self, generation: int) -> bool:
        """Whether it holds just the chunks of this generation."""
        return self.mark.complete and self.mark.generation == generation

    def search(
        self, question: str, n: int, where: Mapping[str, Sequence[str]] | None = None
    ) -> list[Hit]:
        """The `n` best chunks, best first. Raises LexicalDamagedError."""
        if n < 1:
            return []
        fields.check(where)
        with _guarded():
            query = fields.query(self.searcher, question, where)
            if query is None:
                return []
            found = self.searcher.search(query, n, count=False).hits
            hits = [Hit(self._id(address), score) for score, address in found]
        return sorted(hits, key=lambda hit: (-hit.score, hit.id))

    def count_of(self, source: str) -> int:
        with _guarded():
            found: Any = self.searcher.search(fields.of_source(source), 1, count=True)
            return int(found.count)

    def keys(self, query: Query | None = None) -> dict[int, DocAddress]:
        """Where each chunk lies, by the key of its id."""
        everything = Query.all_query() if query is None else query
        with _guarded():
            found = self.searcher.search(
                everything, self.count + 1, count=False, order_by_field="key"
            )
        return {int(key): address for key, address in found.hits if key}

    def source(self, address: DocAddress) -> str:
        with _guarded():
            return str(self.searcher.doc(address).get_first("source"))

    def _id(self, address: DocAddress) -> str:
        return bytes(self.searcher.doc(address).get_first("id") or b"").decode()


class LexicalStore:
    """The index of one collection; `view` is the last version that was looked at."""

    def __init__(self, folder: Path | None) -> None:
        """`folder` is made by the first writing; None keeps the index in memory."""
        self.folder = folder
        self.view: View | None = None
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

    def refresh(self) -> View | None:
        """The newest version, None where there is none. Raises LexicalDamagedError.

        While an index is made anew the one before it, if it was ever seen, goes on.
        """
        with self._lock:
            for attempt in range(_ATTEMPTS):
                if self.folder is not None and not self.has_moved():
                    return self.view
                signature = self._signature()
                try:
                    with _guarded():
                        return self._read(signature)
                except LexicalDamagedError:
                    self._index = None if self.folder is not None else self._index
                    # A writer may have gone on while we read.
                    if attempt + 1 == _ATTEMPTS or self._signature() == signature:
                        raise
            return self.view

    def _read(self, signature: Signature | None) -> View | None:
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
        marks = searcher.search(_MARKS, 1, count=False).hits
        if marks:
            self._index = index
            mark = json.loads(bytes(searcher.doc(marks[0][1]).get_first("mark") or b""))
            self.view = View(searcher, Mark(**mark), signature or (0, 0, 0))
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

    def begin(self, *, anew: bool, name: str = "") -> "Writing":
        """Start to write; the caller is the only one to. Raises LexicalDamagedError.

        `anew` replaces all that is there, `name` being the collection's.
        """
        with _guarded():
            if self.folder is None:
                assert self._index is not None, "made with the store"  # noqa: S101
                return Writing(self, self._index, anew=anew)
            try:
                if self.view is None or self._signature() is None:
                    raise ValueError("nothing that could be read")
                index = _open(self.folder)
            except ValueError:
                if not anew:
                    raise
                self.wipe()
                self.folder.mkdir(parents=True, exist_ok=True)
                (self.folder / "collection").write_text(name)
                index = tantivy.Index(fields.SCHEMA, path=str(self.folder))
            return Writing(self, index, anew=anew)

    def wipe(self) -> None:
        """Remove what cannot be trusted; a `view` goes on. Raises LexicalDamagedError."""
        if self.folder is None or not self.folder.exists():
            return
        with self._lock, _guarded():
            self._index = None
            self._sound = {}
            # First what makes it an index: it is none from that moment on.
            for path in sorted(self.folder.iterdir(), key=lambda path: path.name != "meta.json"):
                path.unlink()

    def is_still(self, view: View) -> bool:
        """Whether the newest version is the one in `view`."""
        return self._signature() in (None, view.signature)

    def close(self) -> None:
        with self._lock:
            self._let_go()
            self.view = None
            if self.folder is not None:
                self._index = None


class Writing:
    """Changes that count all at once, with `commit`; without it none of them does."""

    def __init__(self, store: LexicalStore, index: tantivy.Index, *, anew: bool) -> None:
        self._store = store
        self._writer = index.writer(HEAP_BYTES, 1)
        self.written = 0
        if anew:
            self._writer.delete_all_documents()

    def remove(self, source: str) -> None:
        with _guarded():
            self._writer.delete_documents_by_term("source", fields.clean(source))

    def add(self, source: Sequence[Record]) -> None:
        """Lay down all the chunks of one source."""
        with _guarded():
            for document in fields.documents(source):
                self._writer.add_document(document)
        self.written += len(source)

    def commit(self, mark: Mark) -> None:
        """Make it count, wait for the engine to tidy up, and note the checksums."""
        payload = {
            "generation": mark.generation,
            "complete": mark.complete,
            "written": mark.written,
        }
        document = Document()
        document.add_text("kind", "mark")
        document.add_unsigned("key", 0)
        document.add_bytes("mark", json.dumps(payload).encode())
        with _guarded():
            self._writer.delete_documents_by_term("kind", "mark")
            self._writer.add_document(document)
            self._writer.commit()
            self._writer.wait_merging_threads()
            if self._store.folder is not None:
                note_sums(self._store.folder)
        if self.written >= _MANY:
            _trim()
        if self._store.folder is None:
            self._store.refresh()

    def abandon(self) -> None:
        with suppress(LexicalDamagedError), _guarded():
            self._writer.rollback()
            self._writer.wait_merging_threads()


def _trim() -> None:
    # What a writer had in its queue, 150 MB after 10,000 chunks, stays with the process else.
    # Only GNU's C library has this; it works without Python's lock.
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


_MARKS = Query.term_query(fields.SCHEMA, "kind", "mark", "basic")


def _open(folder: Path) -> tantivy.Index:
    index = tantivy.Index.open(str(folder))
    index.config_reader("manual")
    return index


@contextmanager
def _guarded() -> Iterator[None]:
    """Whatever the engine or the file system has to complain of is a LexicalDamagedError."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError, RuntimeError, OSError) as error:
        raise LexicalDamagedError(str(error)) from error
    except BaseException as error:
        # A panic of the engine; its class cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise LexicalDamagedError(str(error)) from error
