"""The service's own index, retriever and chain over some corpora, in a folder of its own.

The one place that knows how ingest and retrieval are called.
"""

import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

from langchain_core.documents import Document

from bench.eval.models import Model, default_model, keeping, local_models
from bench.eval.span import Span
from bench.eval.vector_store import VectorStore
from ingest.chunking.split import split
from ingest.recipe import configured
from ingest.sources.markdown.convert import extract_markdown
from rag_stream.calibration.asking import recalibrate
from rag_stream.conversation import Turn
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.indexing.smoothing import weights_of
from rag_stream.indexing.sync import Sync
from rag_stream.models.factory import Embedder
from rag_stream.options import options_of
from rag_stream.pipeline.runtime import Runtime
from rag_stream.retrieval.retriever import Retrieved, Retriever
from rag_stream.runnable import RagChain
from rag_stream.schema import Relevance
from rag_stream.settings import LOCAL_CHAT, Settings, load_settings

LOCAL: Mapping[str, Any] = {"chat_model": LOCAL_CHAT, "chroma_url": None}
REFERENCE: Mapping[str, Any] = {
    "profile": "reference",
    "chunk_size": 1_000,
    "chunk_overlap": 200,
    "search_type": "dense",
    "k": 4,
    "context_chars": 1_000_000,
    "citations": False,
    "abstain_below": "off",
}
"""The how-to's program, whatever the environment says."""
PLAIN_K = 4
_LEXICAL_READY_S = 120.0
_SUFFIX = ".md"


class Ground:
    """A folder for indexes, and the models that fill them and answer from them."""

    def __init__(
        self,
        folder: Path,
        *,
        models: Sequence[Model] = (),
        store: VectorStore | None = None,
        is_full: bool = False,
    ) -> None:
        """`models`: the default one alone where there are none. Without a `store` no vectors are
        kept. `is_full`: parts ask all of their questions."""
        self.folder = folder
        self.models = models or local_models()[0][:1]
        self.model = default_model(self.models)
        self.is_full = is_full
        self._store = store
        self._plain: dict[str, Embedder] = {}
        self._kept: dict[str, Embedder] = {}

    def of(self, model: Model) -> "Ground":
        """The same ground with another model; what is loaded is shared."""
        other = copy(self)
        other.model = model
        return other

    @property
    def plain(self) -> Embedder:
        """The model itself: for times."""
        name = self.model.name
        if name not in self._plain:
            self._plain[name] = self.model.build()
        return self._plain[name]

    @property
    def embedder(self) -> Embedder:
        """The model; it makes no vector that is in the store."""
        if self._store is None:
            return self.plain
        name = self.model.name
        if name not in self._kept:
            self._kept[name] = keeping(self.plain, self._store)
        return self._kept[name]

    def settings(self, **changes: Any) -> Settings:
        """The environment's settings with local models and this folder's index."""
        own = {"embeddings": self.model.name, "chroma_path": self.folder / "chroma"}
        return load_settings(**{**LOCAL, **own, **changes})

    async def filled(
        self,
        corpora: Mapping[str, str],
        *,
        is_smooth: bool = True,
        embedder: Embedder | None = None,
        **changes: Any,
    ) -> Settings:
        """Settings of an index that holds these corpora; filled by the first who asks.

        Not `is_smooth`: the vectors know nothing of what is around, whatever the profile.
        `embedder`: another than the local model, which then has to be used with it, too.
        """
        settings = self.settings(**changes)
        embedder = embedder or self.embedder
        weights = weights_of(settings.profile) if is_smooth else ()
        cut = f"{settings.profile} {settings.chunk_size} {settings.chunk_overlap} {weights}"
        told = [embedder.fingerprint, cut, *sorted(corpora)]
        name = hashlib.sha256("\0".join(told).encode()).hexdigest()[:16]
        settings = settings.model_copy(update={"collection": f"eval-{name}"})
        runtime = Runtime(settings)
        try:
            if await runtime.index.find() is None:
                recipe = configured(settings, embedder.fingerprint)
                recipe = replace(recipe, weights=weights)
                if not is_smooth:
                    recipe = replace(recipe, headings=None)
                sync = await Sync.open(runtime.index, settings.collection, embedder, recipe)
                for corpus, text in corpora.items():
                    await sync.put(corpus + _SUFFIX, chunks(corpus, text, settings))
                await sync.finish()
                if settings.abstain_below == "auto":
                    await recalibrate(runtime.index, embedder)
        finally:
            await runtime.aclose()
        return settings

    @asynccontextmanager
    async def runtime(
        self, settings: Settings, *, embedder: Embedder | None = None
    ) -> AsyncIterator[Runtime]:
        """What answers questions with these settings; with the embedder that filled the index."""
        runtime = _made(settings, embedder or self.embedder)
        try:
            await _make_ready(runtime)
            yield runtime
        finally:
            await runtime.aclose()

    @asynccontextmanager
    async def chain(self, settings: Settings) -> AsyncIterator[RagChain]:
        """The whole chain with these settings."""
        async with self.runtime(settings) as runtime:
            yield _Chain(runtime)


class _Chain(RagChain):
    """Answers with what it is given, which somebody else closes."""

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime.settings)
        self._given = runtime

    def runtime(self) -> Runtime:
        return self._given


def _made(settings: Settings, embedder: Embedder) -> Runtime:
    """One with this model, for which nothing then needs to be loaded twice."""
    runtime = Runtime(settings)
    runtime.embedders.use(embedder)
    return runtime


def retriever(runtime: Runtime, settings: Settings) -> Retriever:
    """One over the runtime's index with other settings."""
    parts = runtime.index, runtime.lexical, runtime.embedders, runtime.reranker
    return Retriever(*parts, settings, runtime.kept)


async def retrieved(runtime: Runtime, question: str) -> list[Document]:
    """What the service's own retriever takes for a question, best first."""
    return (await _found(runtime, question)).documents


async def judged(runtime: Runtime, question: str, history: Sequence[Turn] = ()) -> Relevance:
    """How relevant the service finds what it retrieves."""
    found = await _found(runtime, question, history)
    return await runtime.judge(question, found, history=history)


async def considered(runtime: Runtime, question: str) -> tuple[list[Document], Relevance]:
    """What is retrieved for a question, and how relevant the service finds it."""
    found = await _found(runtime, question)
    return found.documents, await runtime.judge(question, found)


async def _found(runtime: Runtime, question: str, history: Sequence[Turn] = ()) -> Retrieved:
    options = options_of(runtime.settings, {})
    return await runtime.retriever.retrieve(question, options, None, history)


async def find(runtime: Runtime, question: str, *, is_plain: bool) -> list[Document]:
    """The pipeline's documents, or those of a dense search as the reference does it."""
    chosen = {"search_type": "dense", "k": PLAIN_K} if is_plain else {}
    options = options_of(runtime.settings, chosen)
    return (await runtime.retriever.retrieve(question, options, None)).documents


async def search_lexical(runtime: Runtime, snapshot: IndexSnapshot, question: str, n: int) -> int:
    """How many chunks the lexical index finds."""
    return len(await runtime.lexical.search(snapshot, question, n))


async def _make_ready(runtime: Runtime) -> None:
    """Load the models; where there is an index, have its lexical half made."""
    await runtime.load()
    snapshot = await runtime.index.find()
    if snapshot is not None:
        await runtime.lexical.search(snapshot, "word", 1, wait_s=_LEXICAL_READY_S)


def chunks(corpus: str, text: str, settings: Settings) -> list[Document]:
    """A corpus as ingest cuts it, at the places that its references count by."""
    title = extract_markdown(text).title or corpus + _SUFFIX
    document = Document(text, metadata={"source": corpus + _SUFFIX, "title": title})
    return split(document, settings)


def spans(documents: Iterable[Document]) -> list[Span]:
    """Where the documents stand in the corpora."""
    return [within(document, 0, len(document.page_content)) for document in documents]


def sources(documents: Iterable[Document]) -> list[str]:
    """The names of the corpora that the documents stand in, each once, best first."""
    names = (str(document.metadata["source"]) for document in documents)
    return list(dict.fromkeys(name.removesuffix(_SUFFIX) for name in names))


def within(document: Document, start: int, end: int) -> Span:
    """Where a part of a document stands in its corpus."""
    at = int(document.metadata["start_index"])
    corpus = str(document.metadata["source"]).removesuffix(_SUFFIX)
    return Span(corpus, at + start, at + end)
