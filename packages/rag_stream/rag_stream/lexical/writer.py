"""Changes to a lexical index that count all at once."""

import ctypes
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import tantivy

from rag_stream.index.client import Record
from rag_stream.index.folder import close_to_others
from rag_stream.lexical import fields
from rag_stream.lexical.checksums import note_sums
from rag_stream.lexical.snapshot import LexicalDamagedError, Mark, guarded

HEAP_BYTES = 15_000_000
"""The least the engine takes for its writer; it lasts as long as one writing does."""
_MANY = 1_000


class Writer:
    """Changes that count all at once, with `commit`; without it none of them does."""

    def __init__(
        self,
        index: tantivy.Index,
        folder: Path | None,
        committed: Callable[[], object],
        *,
        anew: bool,
    ) -> None:
        """`committed` is called after that; `anew` replaces all that is there."""
        self._folder = folder
        self._committed = committed
        self._writer = index.writer(HEAP_BYTES, 1)
        self.written = 0
        if anew:
            self._writer.delete_all_documents()

    def remove(self, source: str) -> None:
        with guarded():
            self._writer.delete_documents_by_term("source", fields.clean(source))

    def add(self, source: Sequence[Record]) -> None:
        """Lay down all the chunks of one source."""
        with guarded():
            for document in fields.documents(source):
                self._writer.add_document(document)
        self.written += len(source)

    def commit(self, mark: Mark) -> None:
        """Make it count, wait for the engine to tidy up, and note the checksums."""
        with guarded():
            self._writer.delete_documents_by_term("kind", "mark")
            self._writer.add_document(mark.document())
            self._writer.commit()
            self._writer.wait_merging_threads()
            if self._folder is not None:
                note_sums(self._folder)
                close_to_others(self._folder)
        if self.written >= _MANY:
            _trim()
        self._committed()

    def abandon(self) -> None:
        with suppress(LexicalDamagedError), guarded():
            self._writer.rollback()
            self._writer.wait_merging_threads()


def _trim() -> None:
    # What a writer had in its queue, 150 MB after 10,000 chunks, stays with the process else.
    # Only GNU's C library has this; it works without Python's lock.
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
