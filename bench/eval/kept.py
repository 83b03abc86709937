"""An embedding model whose vectors are kept from one run to the next."""

from collections.abc import Awaitable, Callable, Sequence

import numpy as np
from langchain_core.embeddings import Embeddings

from bench.eval.vector_store import Kind, Vector, VectorStore
from bench.progress import say

_IN_MANY = (
    "Wer hat den Schlüssel?",
    "Где ключ?",
    "من لديه المفتاح؟",
    "चाबी किसके पास है?",
    "กุญแจอยู่ที่ใคร",
    "¿Quién tiene la llave?",
    "Ai giữ chìa khóa?",
)
PROBES: dict[Kind, tuple[str, ...]] = {
    "query": ("Who keeps the key? 钥匙在谁那里", *_IN_MANY),
    "passage": ("The key hangs in the post office. " * 60, *_IN_MANY),
}
"""A long text, too: where a model stops reading is a part of what it is. And the languages that
are measured: what makes tokens of them may change for one alone."""
_SAME = 0.9999
"""The likeness from which on vectors are the same, but for what rounding does to them."""


class KeptEmbeddings(Embeddings):
    """Asks the store first, then the model, and keeps what that says.

    A fingerprint tells of a model's weights, not of what else makes its vectors. So the model is
    asked for one or two before any kept one is believed; where these are others, all of its
    kept ones go.
    """

    def __init__(self, inner: Embeddings, fingerprint: str, store: VectorStore) -> None:
        self._inner = inner
        self._fingerprint = fingerprint
        self._store = store
        self._is_probed = False

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        return await self._rows("passage", texts, self._inner.aembed_documents)

    async def aembed_query(self, text: str) -> list[float]:
        (row,) = await self._rows("query", [text], self._asked)
        return row

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Not kept; the service uses the others."""
        return self._inner.embed_documents(texts)

    def embed_query(self, text: str) -> list[float]:
        """Not kept; the service uses the others."""
        return self._inner.embed_query(text)

    async def _asked(self, texts: list[str]) -> list[list[float]]:
        return [await self._inner.aembed_query(text) for text in texts]

    async def _rows(
        self,
        kind: Kind,
        texts: Sequence[str],
        embed: Callable[[list[str]], Awaitable[list[list[float]]]],
    ) -> list[list[float]]:
        if not self._is_probed:
            self._is_probed = True
            await self._probe()
        there = self._store.find(self._fingerprint, kind, texts)
        missing = [text for text in dict.fromkeys(texts) if text not in there]
        if missing:
            made = np.asarray(await embed(missing), dtype=np.float32)
            new = dict(zip(missing, made, strict=True))
            self._store.keep(self._fingerprint, kind, new)
            there |= new
        return [there[text].tolist() for text in texts]

    async def _probe(self) -> None:
        ways = {"query": self._asked, "passage": self._inner.aembed_documents}
        for kind, probes in PROBES.items():
            known = self._store.find(self._fingerprint, kind, probes)
            made = np.asarray(await ways[kind](list(probes)), dtype=np.float32)
            now = dict(zip(probes, made, strict=True))
            if any(_likeness(vector, now[text]) < _SAME for text, vector in known.items()):
                gone = self._store.forget(self._fingerprint)
                say(f"{self._fingerprint} makes other vectors than it did: {gone:,} are forgotten")
            self._store.keep(self._fingerprint, kind, now)


def _likeness(one: Vector, other: Vector) -> float:
    if one.shape != other.shape:
        return 0.0
    return float(one @ other) / float(np.linalg.norm(one) * np.linalg.norm(other))
