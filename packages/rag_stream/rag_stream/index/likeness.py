"""How near chunks are to a question that their vectors did not propose for it."""

from array import array
from collections.abc import Sequence
from math import sqrt
from operator import mul

from rag_stream.index.reader import IndexReader, gone_is_moved
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.lru import LRU

KNOWN_NUMBERS = 1_000_000
"""Of the vectors that are remembered, all together; four bytes each."""


class Likeness:
    """Computed here from the chunks' vectors, which are asked of the index once.

    Within a generation the vector of a chunk stays as it is.
    """

    def __init__(self, index: IndexReader) -> None:
        self._index = index
        self._known_of: IndexSnapshot | None = None
        self._known: LRU[str, array[float]] = LRU(KNOWN_NUMBERS, len)

    async def cosines(
        self, snapshot: IndexSnapshot, vector: Sequence[float], ids: Sequence[str]
    ) -> dict[str, float]:
        """Of those of these chunks that are there; in one call, none where all are known.

        Raises IndexMovedError where the collection was replaced, IndexUnavailableError.
        """
        if snapshot != self._known_of:
            self._known_of = snapshot
            self._known.clear()
        found = {id: known for id in ids if (known := self._known.get(id)) is not None}
        missing = [id for id in ids if id not in found]
        if missing:
            with gone_is_moved(snapshot):
                client = await self._index.client()
                vectors = await client.vectors(snapshot.collection, missing)
            for id, numbers in vectors.items():
                found[id] = array("f", numbers)
                if snapshot == self._known_of:  # another question may have moved it on
                    self._known.put(id, found[id])
        length = sqrt(sum(map(mul, vector, vector)))
        return {id: _cosine(numbers, vector, length) for id, numbers in found.items()}


def _cosine(one: Sequence[float], other: Sequence[float], length: float) -> float:
    lengths = sqrt(sum(map(mul, one, one))) * length
    return sum(map(mul, one, other)) / lengths if lengths else 0.0
