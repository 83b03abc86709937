"""A writer that adds, replaces and removes sources at random, and knows what should stand."""

import asyncio
import random
import time
from dataclasses import dataclass, field

from langchain_core.documents import Document
from langchain_core.embeddings import DeterministicFakeEmbedding

from ingest.recipe import configured
from rag_stream.index.reader import IndexReader
from rag_stream.indexing.swap import restore
from rag_stream.indexing.sync import Sync
from rag_stream.models.factory import Embedder
from rag_stream.models.lazy import Lazy
from rag_stream.settings import Settings

ADDING, REPLACING, REMOVING = "adding", "replacing", "removing"
DOINGS = (ADDING, REPLACING, REMOVING)
_DIMENSION = 384


def embedder() -> Embedder:
    """Vectors without a model: the text's own, far from all others."""
    return Embedder("local:random", Lazy(lambda: DeterministicFakeEmbedding(size=_DIMENSION)))


@dataclass(slots=True)
class Corpus:
    """The texts of every source: as they stand, and as the change under way would leave them."""

    stands: dict[str, frozenset[str]] = field(default_factory=dict)
    coming: tuple[str, frozenset[str]] | None = None
    doing: str = ADDING

    def allows(self, source: str, texts: frozenset[str]) -> bool:
        """Whether a source may hold just these texts: its old version or its new one."""
        return texts == self.stands.get(source, frozenset()) or (source, texts) == self.coming

    def settle(self, found: dict[str, frozenset[str]]) -> None:
        """Take over what was found to stand."""
        self.stands, self.coming = found, None


class Writer:
    """Changes one index through `Sync`, the way `ingest` does, until it is stopped."""

    def __init__(
        self, settings: Settings, corpus: Corpus, moments: random.Random, most_sources: int
    ) -> None:
        self._settings = settings
        self._corpus = corpus
        self._moments = moments
        self._most_sources = most_sources
        self.begun = asyncio.Event()
        """Set with the first change of a `write`."""
        self.took_s = dict.fromkeys(DOINGS, 1.0)
        """What a change of each kind took that came to its end."""

    async def write(self, doing: str, chunks: int) -> None:
        """Change after change, this kind first. Raises IndexUnavailableError."""
        self.begun.clear()
        index = IndexReader(self._settings)
        try:
            sync = await self._open(index)
            while True:
                await self._change(sync, doing, chunks)
                doing = self._moments.choice(DOINGS)
        finally:
            await index.aclose()

    async def fill(self, sources: int, chunks: int) -> None:
        """So many sources, all new."""
        index = IndexReader(self._settings)
        try:
            sync = await self._open(index)
            for _ in range(sources):
                await self._change(sync, ADDING, chunks)
        finally:
            await index.aclose()

    async def _open(self, index: IndexReader) -> Sync:
        settings, model = self._settings, embedder()
        await restore(await index.client(), settings.collection)  # as an ingest begins, too
        recipe = configured(settings, model.fingerprint)
        return await Sync.open(index, settings.collection, model, recipe)

    async def _change(self, sync: Sync, doing: str, chunks: int) -> None:
        corpus, moments = self._corpus, self._moments
        there = sorted(name for name, texts in corpus.stands.items() if texts)
        if not there:
            doing = ADDING
        elif doing == ADDING and len(there) >= self._most_sources:
            doing = REPLACING
        corpus.doing = doing
        version = moments.randrange(10**9)
        source = f"source {version}" if doing == ADDING else moments.choice(there)
        texts: list[str] = []
        if doing != REMOVING:
            kept = sorted(corpus.stands.get(source, ()))[: moments.randrange(chunks)]
            fresh = range(chunks - len(kept))
            texts = [*kept, *(f"{source}, version {version}, chunk {n}." for n in fresh)]
        corpus.coming = (source, frozenset(texts))
        self.begun.set()
        began = time.monotonic()
        if doing == REMOVING:
            await sync.remove(source)
        else:
            await sync.put(source, _documents(source, texts))
        self.took_s[doing] = time.monotonic() - began
        corpus.settle({**corpus.stands, source: frozenset(texts)})


def _documents(source: str, texts: list[str]) -> list[Document]:
    documents, start = [], 0
    for text in texts:
        metadata = {"source": source, "title": source, "start_index": start}
        documents.append(Document(text, metadata=metadata))
        start += len(text) + 1
    return documents
