"""Bringing the index in step with sources, one source at a time, each change atomic.

The chunks of generation g+1 are laid down beside those of g, the old ones are marked to
end with g, and the collection's generation number makes the change count in one call
(`index/generation.py` has the reader's half). What a dead run left behind is removed
before the next one writes.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.documents import Document

from rag_stream.index.client import ChromaClient, Record
from rag_stream.index.generation import LABELLED, ingested_now
from rag_stream.index.reader import IndexReader
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.indexing.commits import Commits
from rag_stream.indexing.diff import Chunk, Plan, chunks_of, plan, record_of
from rag_stream.indexing.findable import FEW, lost_of, lost_of_all, make_found
from rag_stream.indexing.inventory import chunks_by_source
from rag_stream.indexing.known_vectors import known_vectors
from rag_stream.indexing.outcome import Outcome, Progress, outcome_of
from rag_stream.indexing.recipe import Recipe
from rag_stream.indexing.smoothing import Place, Smoother, Vectors, places
from rag_stream.models.factory import Embedder

EMBED_BATCH = 64
VECTORS_PAGE = 500
"""Vectors in one answer: of 3,072 numbers each they are 30 MB."""


class Sync:
    """Writes to one index; the caller holds its lease."""

    def __init__(self, client: ChromaClient, commits: Commits, embedder: Embedder) -> None:
        """Vectors lean on others as the index's recipe says, whatever is configured."""
        self.commits = commits
        self._client = client
        self._embedder = embedder
        self._done: set[str] = set()
        self._is_first = commits.state.generation == 0
        self._changed: set[str] = set()
        self._found: set[str] = set()  # since the last write

    @classmethod
    async def open(
        cls, index: IndexReader, name: str, embedder: Embedder, recipe: Recipe
    ) -> "Sync":
        """Open the index, or create it, as `Commits.open` does, and raise what it raises."""
        commits = await Commits.open(index, name, embedder, recipe)
        return cls(await index.client(), commits, embedder)

    @property
    def _state(self) -> IndexSnapshot:
        return self.commits.state

    @property
    def _recipe(self) -> Recipe:
        return self.commits.recipe

    async def preview(self, source: str, documents: Sequence[Document]) -> Outcome:
        """What `put` would do, without doing it; `embedded` counts chunks that are new."""
        stored = await self._stored(source)
        wanted = chunks_of(documents)
        steps = plan(stored, wanted)
        there = {context for context, _ in self._places(stored)}
        new = [context for context, _ in self._wishes(wanted).values() if context not in there]
        texts = {text for context in new for text in context if text is not None}
        return outcome_of(source, steps, stored, embedded=len(texts))

    async def put(
        self, source: str, documents: Sequence[Document], progress: Progress | None = None
    ) -> Outcome:
        """Make the source's chunks exactly these documents.

        Embedded is only what is new, with its neighbours, and headings that are others.
        """
        stored = await self._stored(source)
        wanted = chunks_of(documents)
        steps = plan(stored, wanted)
        self._done.add(source)
        if steps.is_empty:
            return outcome_of(source, steps, stored)
        embedded = 0
        wishes, there = self._wishes(wanted), self._places(stored)
        # Of the chunks that stay, those whose neighbours or headings change get another vector.
        moved = [
            chunk
            for chunk in steps.keep
            if wishes[chunk.id] not in there or there[wishes[chunk.id]].id != chunk.id
        ]
        if steps.add or steps.retire or moved:
            embedded = await self._replace(source, steps, stored, wanted, moved, progress)
        done = {chunk.id for chunk in moved}
        left = [(labels, [id for id in ids if id not in done]) for labels, ids in steps.relabel]
        if any(ids for _, ids in left):
            coming = self._state.generation + 1
            for labels, ids in left:
                changed = {**labels, LABELLED: coming}
                await self._client.update_metadata(self._state.collection, ids, changed)
            await self.commits.commit(coming)  # indexes that are derived from this one follow
        return outcome_of(source, steps, stored, embedded=embedded)

    def keep(self, source: str, chunks: int) -> Outcome:
        """What `put` does where that is known to change nothing, and the cut to be the wanted."""
        self._done.add(source)
        return Outcome(source, "unchanged", chunks)

    async def preview_removal(self, source: str) -> Outcome:
        """What `remove` would do, without doing it."""
        return Outcome(source, "removed", 0, deleted=len(await self._stored(source)))

    async def remove(self, source: str) -> Outcome:
        """Take a source out of the index."""
        stored = await self._stored(source)
        await self._replace(source, Plan(retire=stored), stored, [], [], None)
        return Outcome(source, "removed", 0, deleted=len(stored))

    async def finish(self) -> None:
        """See that every chunk is found; record that no source is left of another cut.

        The latter where this run had them all. In a large index the chunks that were written
        are looked for, in one that was empty none: nothing was deleted in it. In a small one
        all but those that were found after the last change.
        """
        if self._changed and not self._is_first:
            is_small = await self._client.count(self._state.collection) <= FEW
            await self._make_found(None if is_small else sorted(self._changed))
        if self.commits.is_behind and self._done and await self.sources() <= self._done:
            await self.commits.settle()

    async def _make_found(self, ids: Sequence[str] | None) -> None:
        """These chunks, or all, have to be found: others may have cut them off (`findable.py`)."""
        client, collection = self._client, self._state.collection
        missing = (
            await lost_of_all(client, collection, self._found)
            if ids is None
            else await lost_of(client, collection, ids)
        )
        self._found.update(ids or ())
        if missing:
            self._found.clear()
            await make_found(client, collection, missing)
            await self.commits.refresh()

    async def sources(self) -> set[str]:
        """Every source that has chunks in the index."""
        return set(await chunks_by_source(self._client, self._state))

    async def _stored(self, source: str) -> list[Record]:
        records = await self._client.get(self._state.collection, {"source": source})
        return [record for record in records if self._state.holds(record)]

    def _wishes(self, chunks: Sequence[Chunk]) -> dict[str, Place]:
        """Where each chunk stands, by id; chunks of one source in order."""
        found = places(
            [chunk.text for chunk in chunks],
            [chunk.metadata for chunk in chunks],
            self._recipe.weights,
            self._recipe.headings,
        )
        return {chunk.id: place for chunk, place in zip(chunks, found, strict=True)}

    def _places(self, stored: Sequence[Record]) -> dict[Place, Record]:
        """The stored chunks of one source by where they stand."""
        ordered = sorted(stored, key=lambda record: int(record.metadata["start_index"]))
        found = places(
            [record.text for record in ordered],
            [record.metadata for record in ordered],
            self._recipe.weights,
            self._recipe.headings,
        )
        return dict(zip(found, ordered, strict=True))

    async def _replace(
        self,
        source: str,
        steps: Plan,
        stored: Sequence[Record],
        wanted: Sequence[Chunk],
        moved: Sequence[Chunk],
        progress: Progress | None,
    ) -> int:
        client, collection = self._client, self._state.collection
        coming, when = self._state.generation + 1, ingested_now()
        retired = [record.id for record in steps.retire]
        wishes, there = self._wishes(wanted), self._places(stored)
        kept = {record.id: record for record in stored}
        labels = {id: {**changed, LABELLED: coming} for changed, ids in steps.relabel for id in ids}
        changes = [*steps.add, *moved]
        smoother = Smoother(self._embedder, self._recipe.weights, self._recipe.headings)
        known = await self._known_vectors([wishes[c.id] for c in changes], there, smoother)

        async def write(chunks: Sequence[Chunk], vectors: Sequence[Any] | Vectors) -> None:
            records = [
                record_of(chunk, vector, coming, when, kept.get(chunk.id), labels.get(chunk.id, {}))
                for chunk, vector in zip(chunks, vectors, strict=True)
            ]
            await client.upsert(collection, records)

        dimension: int | None = None
        try:
            if reused := [chunk for chunk in changes if wishes[chunk.id] in known]:
                await write(reused, [known[wishes[chunk.id]] for chunk in reused])
            fresh = [chunk for chunk in changes if wishes[chunk.id] not in known]
            for start in range(0, len(fresh), EMBED_BATCH):
                batch = fresh[start : start + EMBED_BATCH]
                around, paths = zip(*(wishes[chunk.id] for chunk in batch), strict=True)
                vectors = await smoother.vectors(around, paths)
                dimension = int(vectors.shape[1])
                self.commits.require_dimension(dimension)
                await write(batch, vectors)
                if progress is not None:
                    progress(start + len(batch), len(fresh))
            await client.update_metadata(collection, retired, {"until": coming})
            await self.commits.commit(coming, cuts=bool(steps.add), dimension=dimension)
        except BaseException:
            # Nobody has seen any of it. What cannot be undone now, the next run undoes.
            await self.commits.recover()
            raise
        await client.delete(collection, retired)
        self._changed |= {chunk.id for chunk in changes}
        self._found.clear()
        if not self._is_first and await client.count(collection) <= FEW:
            await self._make_found([chunk.id for chunk in wanted])
        return smoother.embedded

    async def _known_vectors(
        self, wanted: Sequence[Place], there: Mapping[Place, Record], smoother: Smoother
    ) -> dict[Place, Any]:
        """Vectors of chunks that only moved within the source, or came below other headings."""
        contexts = {context for context, _ in wanted}
        places = {record.id: place for place, record in there.items() if place[0] in contexts}
        stored: dict[Place, Any] = {}
        ids = list(places)
        for start in range(0, len(ids), VECTORS_PAGE):
            part = ids[start : start + VECTORS_PAGE]
            page = await self._client.get(
                self._state.collection, ids=part, texts=False, vectors=True
            )
            stored |= {places[record.id]: record.vector for record in page}
        return await known_vectors(wanted, stored, smoother) if stored else {}
