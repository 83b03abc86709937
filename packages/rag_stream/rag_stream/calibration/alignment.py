"""The languages that an embedding model knows together. Pure.

It puts a question near the same question in another language. What is near in one that it does
not know is near by chance, and tells nothing.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

_ENGLISH = "en"
_KNOWN = 0.3
"""The share of its questions that are nearest to the same one of other languages. By chance it is
a tenth; all-MiniLM-L6-v2 has 0.08 to 0.22, multilingual-e5-small 0.38 to 0.71 by language."""

Vectors = NDArray[np.float32]


def aligned(vectors: Mapping[str, Sequence[Vectors]]) -> frozenset[str]:
    """The languages beside English whose questions the model finds in others.

    `vectors`, by language, of the everyday questions, which are about the same things in the
    same order in all languages but English; one that has less has the first of them.
    """
    units = {
        language: _units(np.asarray(own, dtype=np.float32))
        for language, own in vectors.items()
        if language != _ENGLISH
    }
    return frozenset(
        language
        for language, own in units.items()
        if _found(own, [others for other, others in units.items() if other != language]) >= _KNOWN
    )


def _found(own: Vectors, languages: Sequence[Vectors]) -> float:
    """The share of questions whose nearest in another language is the same, of all these."""
    shares = []
    for others in languages:
        count = min(len(own), len(others))
        likeness = own[:count] @ others[:count].T
        likeness -= likeness.mean(axis=0)  # some are near to anything
        shares.append(float((likeness.argmax(axis=1) == np.arange(count)).mean()))
    return sum(shares) / len(shares) if shares else 0.0


def _units(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), dtype=np.float32)
