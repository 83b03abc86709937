"""A model whose likenesses lie in another range, as those of OpenAI's older models do."""

from collections.abc import Sequence

import numpy as np

from rag_stream.models.factory import Embedder

_AWAY = 1.3
"""How far from the middle vectors of length one are moved: a cosine c becomes (c + 1.69) / 2.69."""
NAME = "stand-in:narrow"


class NarrowEmbedder(Embedder):
    """Another model's vectors, turned and moved: what is near what stays as it was."""

    def __init__(self, inner: Embedder) -> None:
        super().__init__(NAME, inner._lazy, inner.local)
        self._inner = inner

    async def embed_question(self, text: str) -> Sequence[float]:
        (row,) = _moved([await self._inner.embed_question(text)])
        return row

    async def embed_questions(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        return _moved(await self._inner.embed_questions(texts))

    async def embed_chunks(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        return _moved(await self._inner.embed_chunks(texts))


def _moved(vectors: Sequence[Sequence[float]]) -> list[list[float]]:
    plain = np.asarray(vectors, dtype=np.float64)
    drawn = np.random.default_rng(13).standard_normal((plain.shape[1], plain.shape[1]))
    turned = plain @ np.linalg.qr(drawn)[0]
    moved = np.hstack([turned, np.full((len(plain), 1), _AWAY)])
    rows: list[list[float]] = (moved / np.linalg.norm(moved, axis=1, keepdims=True)).tolist()
    return rows
