"""What a run writes to: the index, a new one beside it, or nothing at all in a dry run."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from langchain_core.documents import Document

from ingest.languages import Languages, unknown
from ingest.recipe import Comparison, How, configured
from ingest.report import Report
from rag_stream.index.client import ChromaClient
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.indexing.commits import Commits
from rag_stream.indexing.diff import chunks_of
from rag_stream.indexing.outcome import Outcome, Progress
from rag_stream.indexing.rebuild import Rebuild
from rag_stream.indexing.rename import Moves, called, rename
from rag_stream.indexing.sync import Sync
from rag_stream.models.factory import Embedder
from rag_stream.models.new_index import choose, goes_by_languages
from rag_stream.pipeline.runtime import Runtime


class Target(Protocol):
    """Takes sources one after another; what `finish` leaves is whole."""

    async def put(
        self, source: str, documents: Sequence[Document], progress: Progress | None = None
    ) -> Outcome: ...

    def keep(self, source: str, chunks: int) -> Outcome: ...

    async def remove(self, source: str) -> Outcome: ...

    async def rename(self, moves: Moves) -> list[str]: ...

    async def sources(self) -> set[str]: ...

    async def finish(self) -> object: ...


class Writer:
    """The index itself."""

    def __init__(self, sync: Sync, client: ChromaClient, embedder: Embedder) -> None:
        self._client = client
        self._sync = sync
        self._embedder = embedder
        self.put = sync.put
        self.keep = sync.keep
        self.remove = sync.remove
        self.sources = sync.sources
        self.finish = sync.finish

    async def rename(self, moves: Moves) -> list[str]:
        return await rename(self._client, self._sync.commits, moves, self._embedder)


class Preview:
    """Says what would become of sources; `sync` None: there is no index yet."""

    def __init__(self, sync: Sync | None) -> None:
        self._sync = sync
        self._before: dict[str, str] = {}

    async def put(
        self, source: str, documents: Sequence[Document], progress: Progress | None = None
    ) -> Outcome:
        if self._sync is not None:
            now = self._before.get(source, source)
            before = [Document(d.page_content, metadata=called(d.metadata, now)) for d in documents]
            return replace(await self._sync.preview(now, before), source=source)
        count = len(chunks_of(documents))
        return Outcome(source, "added", count, embedded=count)

    def keep(self, source: str, chunks: int) -> Outcome:
        return Outcome(source, "unchanged", chunks)

    async def remove(self, source: str) -> Outcome:
        if self._sync is None:
            return Outcome(source, "removed", 0)
        now = self._before.get(source, source)
        return replace(await self._sync.preview_removal(now), source=source)

    async def sources(self) -> set[str]:
        return set() if self._sync is None else await self._sync.sources()

    async def rename(self, moves: Moves) -> list[str]:
        there = await self.sources() if moves else set()
        self._before |= {move.source: old for old, move in moves.items() if old in there}
        return [old for old in moves if old in there]

    async def finish(self) -> None:
        """Nothing was begun."""


async def open_index(runtime: Runtime, report: Report, languages: Languages = unknown) -> Writer:
    """The index, created where there is none; says where it was made otherwise than configured.

    `languages`: of the documents that are to come.
    """
    index, name, client = runtime.index, runtime.settings.collection, await runtime.index.client()
    state = await index.find()
    embedder = await _embedder(runtime, state, report, languages)
    if state is not None and state.embedding_model != embedder.fingerprint:
        # It holds nothing. Vectors of another length do not go into the same collection.
        await client.drop(name)
    wanted = configured(runtime.settings, embedder.fingerprint)
    sync = await Sync.open(index, name, embedder, wanted)
    commits = sync.commits
    report.recipe(Comparison(name, commits.recipe, wanted, commits.is_found_out))
    return Writer(sync, client, embedder)


async def open_preview(runtime: Runtime, report: Report, languages: Languages = unknown) -> Preview:
    """The index to look at, if there is one; `languages` as `open_index` takes them."""
    index, name = runtime.index, runtime.settings.collection
    state = await index.find()
    embedder = await _embedder(runtime, state, report, languages)
    if state is None:
        return Preview(None)
    wanted = configured(runtime.settings, embedder.fingerprint)
    client = await index.client()
    commits = await Commits.preview(index, state, wanted)
    report.recipe(Comparison(name, commits.recipe if commits.is_recorded else None, wanted))
    return Preview(Sync(client, commits, embedder))


async def open_rebuild(
    runtime: Runtime, report: Report, languages: Languages = unknown, *, has_sources: bool
) -> Rebuild:
    """A new index beside the one there is; says what it will do where that was made otherwise."""
    name = runtime.settings.collection
    embedder = await _embedder(runtime, await runtime.index.find(), report, languages, anew=True)
    wanted = configured(runtime.settings, embedder.fingerprint)
    client = await runtime.index.client()
    rebuild = await Rebuild.start(
        client,
        name,
        embedder,
        wanted,
        report.embedding,
        lexical=runtime.lexical,
        calibrates=runtime.settings.abstain_below == "auto",
    )
    how: How = "rebuild sources" if has_sources else "rebuild"
    report.recipe(Comparison(name, rebuild.made, wanted), how)
    return rebuild


async def _embedder(
    runtime: Runtime,
    state: IndexSnapshot | None,
    report: Report,
    languages: Languages,
    *,
    anew: bool = False,
) -> Embedder:
    """The model of the index; of one that holds nothing, the one chosen for it, which is told.

    `anew`: all is embedded anew. Raises EmbeddingMismatchError, IndexUnavailableError.
    """
    embedders = runtime.embedders
    if state is not None and not await runtime.readiness.is_open(state):
        return embedders.again(state) if anew else embedders.of(state)
    is_asked = goes_by_languages(runtime.settings)
    choice = choose(runtime.settings, await languages() if is_asked else ())
    embedder = embedders.new(choice.model)
    is_as_it_was = state is not None and state.embedding_model == embedder.fingerprint
    if embedders.follows and not is_as_it_was:
        report.chosen(runtime.settings.collection, embedder.fingerprint, choice.why)
    return embedder
