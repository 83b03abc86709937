"""Vectors that know where a chunk stands: each leans towards those of its neighbours.

A short chunk seldom says what it is about; the ones around it do. Measured by `make eval`.
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

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
        self._plain: dict[str, Vectors] = {}
        self.embedded = 0

    async def vectors(self, contexts: Sequence[Context]) -> Vectors:
        """One vector a context, [n, d]. Raises EmbeddingFailedError, WeightsError."""
        texts = dict.fromkeys(text for context in contexts for text in context if text is not None)
        missing = [text for text in texts if text not in self._plain]
        if missing:
            made = np.asarray(await self._embedder.embed_chunks(missing), dtype="<f4")
            self.embedded += len(missing)
            if len(self._plain) > MOST_KEPT:
                self._plain = {text: self._plain[text] for text in texts if text in self._plain}
            self._plain.update(zip(missing, made, strict=True))
        return np.stack([self._smoothed(context) for context in contexts])

    def _smoothed(self, context: Context) -> Vectors:
        if len(context) == 1:
            return self._plain[str(context[0])]
        there = [at for at, text in enumerate(context) if text is not None]
        rows = np.stack([self._plain[str(context[at])] for at in there])
        rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
        mean = self._weights[there] @ rows
        smoothed: Vectors = (mean / max(float(np.linalg.norm(mean)), 1e-12)).astype("<f4")
        return smoothed
