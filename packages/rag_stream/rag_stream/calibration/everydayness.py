"""How like the everyday questions a question is. Pure.

Who asks about apple pie asks as people ask about anything, and comes near to some chunk of any
index for it; who asks what the documents are about is like none of these questions.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_NEAREST = 3
"""Everyday questions whose likenesses count; one alone may be near by chance."""


class Everydayness:
    """Knows the vectors of the everyday questions, as the embedding model makes them."""

    def __init__(self, vectors: Sequence[NDArray[np.float32]] | NDArray[np.float32]) -> None:
        self._units = _units(np.asarray(vectors, dtype=np.float32))

    def of(self, vector: Sequence[float]) -> float:
        """The mean of a question's cosines with the everyday questions nearest to it."""
        asked = _units(np.asarray([vector], dtype=np.float32))[0]
        return _nearest(self._units @ asked)

    def own(self) -> list[float]:
        """The same of each everyday question among the others, in their order."""
        likeness = self._units @ self._units.T
        np.fill_diagonal(likeness, -1.0)
        return [_nearest(row) for row in likeness]


def _nearest(likeness: NDArray[np.float32]) -> float:
    nearest = min(_NEAREST, likeness.size)
    return float(np.partition(likeness, -nearest)[-nearest:].mean())


def _units(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), dtype=np.float32)
