"""What a local embedding model has to do, once loaded."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
DIMENSION = 384


class Encoder(Protocol):
    """Turns texts into vectors, in the calling thread; safe to call from several threads."""

    def prepare(self, texts: Sequence[str]) -> Sequence[Sequence[int]]:
        """The texts as tokens; the length of each is what it costs to run."""

    def run(self, prepared: Sequence[Sequence[int]]) -> Vectors:
        """Vectors of length one, [n, 384], in order; all in one pass, n >= 1."""
