"""One version of a lexical index, to search in; a later one changes nothing of it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from tantivy import DocAddress, Document, Query, Searcher

from rag_stream.lexical import fields
from rag_stream.lexical.earlier import Earlier
from rag_stream.lexical.question import asked, is_quick

Signature = tuple[int, int, int]
"""Of the file that says what belongs to a version: inode, time, size."""
_NONE: Mapping[str, float] = MappingProxyType({})
LARGE = 20_000
"""Chunks; in an index of so many a search may take milliseconds."""
_MARKS = Query.term_query(fields.SCHEMA, "kind", "mark", "basic")


class LexicalDamagedError(Exception):
    """The index cannot be read or written; it has to be made anew, perhaps elsewhere."""


class Hit(NamedTuple):
    """A chunk that has some of the question's words, and its BM25 score."""

    id: str
    score: float


class Matches(list[Hit]):
    """Hits, best first; `full`: about the score of a chunk that has all the question says.

    `information`: how much each of the question's terms says, in this index; `context`: the same
    of the terms from before it, as far as they count.
    """

    def __init__(
        self,
        hits: Iterable[Hit] = (),
        full: float = 0.0,
        information: Mapping[str, float] = _NONE,
        context: Mapping[str, float] = _NONE,
    ) -> None:
        super().__init__(hits)
        self.full = full
        self.information = information
        self.context = context


@dataclass(frozen=True, slots=True)
class Mark:
    """What an index stands for."""

    generation: int
    complete: bool = True
    """Whether it was seen to hold just the chunks of that generation."""
    written: int = 0
    """Documents written since it was made anew; those replaced since still weigh in the scores."""

    @classmethod
    def of(cls, searcher: Searcher) -> "Mark | None":
        """The mark that stands in an index."""
        found = searcher.search(_MARKS, 1, count=False).hits
        if not found:
            return None
        return cls(**json.loads(bytes(searcher.doc(found[0][1]).get_first("mark") or b"")))

    def document(self) -> Document:
        """The mark as it stands in an index."""
        document = Document()
        document.add_text("kind", "mark")
        document.add_unsigned("key", 0)
        document.add_bytes("mark", json.dumps(asdict(self)).encode())
        return document


@dataclass(frozen=True, slots=True)
class Snapshot:
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

    def is_quick(self, question: str) -> bool:
        """Whether a search for it takes so little that a thread would cost more.

        Raises LexicalDamagedError.
        """
        with guarded():
            return self.count < LARGE and is_quick(self.searcher, question)

    def search(
        self,
        question: str,
        n: int,
        where: Mapping[str, Sequence[str]] | None = None,
        earlier: Sequence[Earlier] = (),
    ) -> Matches:
        """The `n` best chunks, best first. Raises LexicalDamagedError."""
        if n < 1:
            return Matches()
        fields.check(where)
        with guarded():
            query = asked(self.searcher, question, where, earlier)
            if query is None:
                return Matches()
            found = self.searcher.search(query.query, n, count=False).hits
            hits = [Hit(self._id(address), score) for score, address in found]
        ranked = sorted(hits, key=lambda hit: (-hit.score, hit.id))
        return Matches(ranked, query.full, query.information, query.context)

    def count_of(self, source: str) -> int:
        with guarded():
            found: Any = self.searcher.search(fields.of_source(source), 1, count=True)
            return int(found.count)

    def keys(self, query: Query | None = None) -> dict[int, DocAddress]:
        """Where each chunk lies, by the key of its id."""
        everything = Query.all_query() if query is None else query
        with guarded():
            found = self.searcher.search(
                everything, self.count + 1, count=False, order_by_field="key"
            )
        return {int(key): address for key, address in found.hits if key}

    def source(self, address: DocAddress) -> str:
        with guarded():
            return str(self.searcher.doc(address).get_first("source"))

    def _id(self, address: DocAddress) -> str:
        return bytes(self.searcher.doc(address).get_first("id") or b"").decode()


@contextmanager
def guarded() -> Iterator[None]:
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
