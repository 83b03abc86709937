"""Vectors of texts that were embedded lately."""

import threading
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from rag_stream.lru import LRU

Vector = NDArray[np.float32]


class VectorCache:
    """The vectors of the sentences used last; safe to share between threads.

    20,000 of them take about 30 MB, and their texts at most 6 MB.
    """

    def __init__(self, size: int) -> None:
        self._vectors: LRU[str, Vector] = LRU(size)
        self._lock = threading.Lock()

    def known(self, texts: Iterable[str]) -> dict[str, Vector]:
        """The vectors there are for `texts`."""
        with self._lock:
            found = ((text, self._vectors.get(text)) for text in texts)
            return {text: vector for text, vector in found if vector is not None}

    def keep(self, vectors: Mapping[str, Vector]) -> None:
        """Add vectors; those not used for longest make room."""
        with self._lock:
            for text, vector in vectors.items():
                # A copy: a row of a batch would keep the whole batch alive.
                self._vectors.put(text, vector.copy())
