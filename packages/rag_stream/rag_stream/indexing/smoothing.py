"""Vectors that know where a chunk stands: each leans towards those of its neighbours.

A short chunk seldom says what it is about; the ones around it do. Measured by `make eval`.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from rag_stream.lru import LRU
from rag_stream.models.factory import Embedder

WEIGHTS = (0.5, 0.25)
"""Of the chunks one and two places away, before and after, beside 1 of the chunk itself."""
MOST_KEPT = 20_000
"""Vectors kept for neighbours to come: 30 MB at 384 numbers each."""

Vectors: TypeAlias = NDArray[np.float32]
Context: TypeAlias = tuple[str | None, ...]
"""A chunk's text in the middle of its neighbours', None beyond the ends of its source."""


def weights_of(profile: str) -> tuple[float, ...]:
    """What a profile's vectors lean on; nothing but the chunk itself in the reference's."""
    return () if profile == "reference" else WEIGHTS


def contexts(texts: Sequence[str], reach: int) -> list[Context]:
    """The context of each chunk of one source, given in order."""
    edge: list[str | None] = [None] * reach
    padded = [*edge, *texts, *edge]
    return [tuple(padded[at : at + 2 * reach + 1]) for at in range(len(texts))]


class Smoother:
    """Embeds chunks in their contexts, each text once."""

    def __init__(self, embedder: Embedder, weights: Sequence[float]) -> None:
        self._embedder = embedder
        self._weights = np.asarray([*reversed(weights), 1.0, *weights], dtype="<f4")
        self._plain: LRU[str, Vectors] = LRU(MOST_KEPT)
        self.embedded = 0

    async def vectors(self, contexts: Sequence[Context]) -> Vectors:
        """One vector a context, [n, d]. Raises EmbeddingFailedError, WeightsError."""
        texts = dict.fromkeys(text for context in contexts for text in context if text is not None)
        rows = {text: self._plain.get(text) for text in texts}
        missing = [text for text, row in rows.items() if row is None]
        if missing:
            made = np.asarray(await self._embedder.embed_chunks(missing), dtype="<f4")
            self.embedded += len(missing)
            for text, row in zip(missing, made, strict=True):
                rows[text] = row
                self._plain.put(text, row)
        known = {text: row for text, row in rows.items() if row is not None}
        return np.stack([self._smoothed(context, known) for context in contexts])

    def _smoothed(self, context: Context, known: Mapping[str, Vectors]) -> Vectors:
        if len(context) == 1:
            return known[str(context[0])]
        there = [at for at, text in enumerate(context) if text is not None]
        rows = np.stack([known[str(context[at])] for at in there])
        rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
        mean = self._weights[there] @ rows
        smoothed: Vectors = (mean / max(float(np.linalg.norm(mean)), 1e-12)).astype("<f4")
        return smoothed
