"""An index of many chunks, made of sentences of a few corpora: for times, not for answers.

The texts are real sentences in another order, so that words are as frequent as they are in
prose; the vectors are those of the sentences with some noise, so that near and far are, too.
Embedding 10,000 chunks would take minutes and change no time.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from langchain_core.documents import Document
from numpy.typing import NDArray

from ingest.recipe import configured
from rag_stream.indexing.sync import Sync
from rag_stream.models.factory import Embedder
from rag_stream.models.local.embeddings import LocalEmbeddings
from rag_stream.pipeline.runtime import Runtime
from rag_stream.text.sentences import split_sentences

A_SOURCE = 200
"""Chunks."""
_NOISE = 0.5
_SHORTEST = 30

Vectors = Mapping[str, NDArray[np.float32]]


class GivenEmbedder(Embedder):
    """Has the vectors of its chunks from elsewhere."""

    def __init__(self, inner: Embedder, vectors: Vectors) -> None:
        super().__init__(inner.fingerprint, inner._lazy, inner.local)
        self._vectors = vectors

    async def embed_chunks(self, texts: Sequence[str]) -> Any:
        return np.stack([self._vectors[text] for text in texts])


async def crowd(runtime: Runtime, corpora: Mapping[str, str], chunks: int, sentences: int) -> None:
    """Put `chunks` chunks of at most that many different sentences into the index."""
    rng = random.Random(chunks)
    said = [
        " ".join(text.split())
        for corpus in corpora.values()
        for text, _, _, opens, closes in split_sentences(corpus)
        if opens and closes and len(text) >= _SHORTEST
    ]
    said = rng.sample(said, min(sentences, len(said)))
    local = runtime.embedder.local
    if not isinstance(local, LocalEmbeddings):
        raise TypeError(f"expected local embeddings, got {runtime.embedder.fingerprint}")
    meanings = dict(zip(said, await local.aencode(said), strict=True))
    texts, vectors = _chunks(rng, meanings, chunks, runtime.settings.chunk_size)
    embedder = GivenEmbedder(runtime.embedder, vectors)
    recipe = configured(runtime.settings, embedder.fingerprint)
    recipe = replace(recipe, weights=(), headings=None)
    sync = await Sync.open(runtime.index, runtime.settings.collection, embedder, recipe)
    for at in range(0, len(texts), A_SOURCE):
        source = f"crowd-{at // A_SOURCE:04d}.md"
        await sync.put(source, _documents(source, texts[at : at + A_SOURCE]))


def _chunks(
    rng: random.Random, meanings: Vectors, count: int, most: int
) -> tuple[list[str], Vectors]:
    said, noise = list(meanings), np.random.default_rng(count)
    vectors: dict[str, NDArray[np.float32]] = {}
    while len(vectors) < count:
        held = [rng.choice(said)]
        while sum(map(len, held)) + len(held) < most:
            held.append(rng.choice(said))
        held = held[:-1] or held  # the last one is too long
        middle = np.mean([meanings[one] for one in held], axis=0)
        far = noise.standard_normal(len(middle)) * _NOISE / np.sqrt(len(middle))
        vector = middle / np.linalg.norm(middle) + far
        vectors[" ".join(held)] = (vector / np.linalg.norm(vector)).astype(np.float32)
    return list(vectors), vectors


def _documents(source: str, texts: Sequence[str]) -> list[Document]:
    found, at = [], 0
    for text in texts:
        metadata = {"source": source, "title": source, "start_index": at}
        found.append(Document(text, metadata=metadata))
        at += len(text) + 1
    return found
