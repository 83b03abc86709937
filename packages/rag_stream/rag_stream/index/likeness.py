"""How near chunks are to a question that their vectors did not propose for it."""

from array import array
from collections.abc import Sequence
from math import sqrt
from operator import mul

from rag_stream.index.reader import IndexReader, gone_is_moved
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.lru import LRU

KNOWN_NUMBERS = 500_000
"""Of the vectors that are remembered, all together; eight bytes each."""


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
        if not ids:
            return {}
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
                found[id] = _unit(numbers)
                if snapshot == self._known_of:  # another question may have moved it on
                    self._known.put(id, found[id])
        asked = _unit(vector)
        return {id: sum(map(mul, unit, asked)) for id, unit in found.items()}


def _unit(vector: Sequence[float]) -> "array[float]":
    """The vector of length one: products are cosines then. Without numpy, which no other
    part of a question needs: a product of 384 numbers takes 12 us."""
    length = sqrt(sum(map(mul, vector, vector))) or 1.0
    return array("d", [number / length for number in vector])
