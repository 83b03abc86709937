"""Vectors that know where a chunk stands: each leans towards those of its neighbours.

A short chunk seldom says what it is about; the ones around it do, and the headings above it and
how its paragraph begins, whose own vector is added last. Measured by `make eval`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rag_stream.indexing.recipe import Headings
from rag_stream.lru import LRU
from rag_stream.models.factory import Embedder
from rag_stream.text.labels import has_lead, standing

WEIGHTS = (0.5, 0.25)
"""Of the chunks one and two places away, before and after, beside 1 of the chunk itself."""
HEADINGS = Headings(1, 0.3, lead=0.35)
"""The headings' own vector, beside 1 of the smoothed one; with the paragraph's beginning 0.35."""
MOST_KEPT = 20_000
"""Vectors kept for neighbours to come: 30 MB at 384 numbers each."""

Vectors: TypeAlias = NDArray[np.float32]
Context: TypeAlias = tuple[str | None, ...]
"""A chunk's text in the middle of its neighbours', None beyond the ends of its source."""
Place: TypeAlias = tuple[Context, str]
"""All that a vector is made of: the texts and the headings above, "" where they do not count."""


def weights_of(profile: str) -> tuple[float, ...]:
    """What a profile's vectors lean on; nothing but the chunk itself in the reference's."""
    return () if profile == "reference" else WEIGHTS


def headings_of(profile: str) -> Headings | None:
    """How much a profile's vectors lean on headings; not at all in the reference's."""
    return None if profile == "reference" else HEADINGS


def places(
    texts: Sequence[str],
    metadata: Sequence[Mapping[str, Any]],
    weights: Sequence[float],
    headings: Headings | None,
) -> list[Place]:
    """Where each chunk of one source stands, given in order."""
    leads = headings is not None and headings.lead > 0
    paths = ["" if headings is None else standing(one, leads=leads) for one in metadata]
    return list(zip(contexts(texts, len(weights)), paths, strict=True))


def contexts(texts: Sequence[str], reach: int) -> list[Context]:
    """The context of each chunk of one source, given in order."""
    edge: list[str | None] = [None] * reach
    padded = [*edge, *texts, *edge]
    return [tuple(padded[at : at + 2 * reach + 1]) for at in range(len(texts))]


class Smoother:
    """Embeds chunks in their contexts, each text and each path of headings once."""

    def __init__(
        self, embedder: Embedder, weights: Sequence[float], headings: Headings | None = None
    ) -> None:
        self._embedder = embedder
        self._weights = np.asarray([*reversed(weights), 1.0, *weights], dtype="<f4")
        self._headings = headings
        self._plain: LRU[str, Vectors] = LRU(MOST_KEPT)
        self.embedded = 0
        """Texts of chunks; headings are short, and do not count."""

    async def vectors(self, contexts: Sequence[Context], paths: Sequence[str] = ()) -> Vectors:
        """One vector a context, [n, d]; `paths`: the headings above each, if they count.

        Raises EmbeddingFailedError, WeightsError.
        """
        texts = dict.fromkeys(text for context in contexts for text in context if text is not None)
        known = await self._rows([*texts], [path for path in dict.fromkeys(paths) if path])
        made = [self._smoothed(context, known) for context in contexts]
        if self._headings is not None:
            for place, path in enumerate(paths):
                if path:
                    weight = self._weight(path)
                    made[place] = _unit(_unit(made[place]) + weight * _unit(known[path]))
        return np.stack(made)

    async def moved(
        self, vectors: Sequence[Any], before: Sequence[str], after: Sequence[str]
    ) -> Vectors:
        """The vectors of chunks that have come below other headings, without their texts.

        What was added can be taken off again: only the headings are embedded.
        """
        known = await self._rows([], [path for path in dict.fromkeys([*before, *after]) if path])
        made = []
        for vector, was, now in zip(vectors, before, after, strict=True):
            own = _unit(np.asarray(vector, dtype="<f4"))
            if was:
                # Both had length 1: of |length * own - weight * path| = 1 the greater root.
                path, weight = _unit(known[was]), self._weight(was)
                along = weight * float(own @ path)
                length = along + max(0.0, along**2 + 1 - weight**2) ** 0.5
                own = _unit(length * own - weight * path)
            made.append(_unit(own + self._weight(now) * _unit(known[now])) if now else own)
        return np.stack(made)

    def _weight(self, path: str) -> float:
        if self._headings is None:
            return 0.0
        return self._headings.lead if has_lead(path) else self._headings.weight

    async def _rows(self, texts: Sequence[str], paths: Sequence[str]) -> dict[str, Vectors]:
        wanted = dict.fromkeys([*texts, *paths])
        rows = {text: self._plain.get(text) for text in wanted}
        missing = [text for text, row in rows.items() if row is None]
        if missing:
            made = np.asarray(await self._embedder.embed_chunks(missing), dtype="<f4")
            self.embedded += len(set(missing) & set(texts))
            for text, row in zip(missing, made, strict=True):
                rows[text] = row
                self._plain.put(text, row)
        return {text: row for text, row in rows.items() if row is not None}

    def _smoothed(self, context: Context, known: Mapping[str, Vectors]) -> Vectors:
        if len(context) == 1:
            return known[str(context[0])]
        there = [at for at, text in enumerate(context) if text is not None]
        rows = np.stack([known[str(context[at])] for at in there])
        rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
        return _unit(self._weights[there] @ rows)


def _unit(vector: Vectors) -> Vectors:
    made: Vectors = (vector / max(float(np.linalg.norm(vector)), 1e-12)).astype("<f4")
    return made
