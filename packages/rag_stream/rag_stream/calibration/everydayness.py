"""How like the everyday questions a question is. Pure.

Who asks about apple pie asks as people ask about anything, and comes near to some chunk of any
index for it; who asks what the documents are about is like none of these questions.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from rag_stream.calibration.everyday import everyday

_NEAREST = 3
"""Everyday questions whose likenesses count; one alone may be near by chance."""


class Everydayness:
    """Knows the vectors of the everyday questions, as the embedding model makes them."""

    def __init__(self, vectors: Sequence[NDArray[np.float32]] | NDArray[np.float32]) -> None:
        self._units = _units(np.asarray(vectors, dtype=np.float32))
        self._centres: dict[str, NDArray[np.float32]] = {}

    def of(self, vector: Sequence[float]) -> float:
        """The mean of a question's cosines with the everyday questions nearest to it."""
        asked = _units(np.asarray([vector], dtype=np.float32))[0]
        return _nearest(self._units @ asked)

    def centre(self, language: str) -> NDArray[np.float32]:
        """The mean of those in a language, of length one each; of all, where there are none in it.

        Where any question lies, whatever it asks: with some models far from the origin.
        """
        if language not in self._centres:
            own = [place for place, one in enumerate(_languages()) if one == language]
            rows = self._units[own] if own and own[-1] < len(self._units) else self._units
            self._centres[language] = rows.mean(axis=0)
        return self._centres[language]

    def own(self) -> list[float]:
        """The same of each everyday question among the others, in their order."""
        likeness = self._units @ self._units.T
        np.fill_diagonal(likeness, -1.0)
        return [_nearest(row) for row in likeness]


@cache
def _languages() -> Sequence[str]:
    """Of each question, in the order of all."""
    return [language for language, questions in everyday().items() for _ in questions]


def _nearest(likeness: NDArray[np.float32]) -> float:
    nearest = min(_NEAREST, likeness.size)
    return float(np.partition(likeness, -nearest)[-nearest:].mean())


def _units(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), dtype=np.float32)
