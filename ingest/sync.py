"""Bringing the index in step with sources, one source at a time, each change atomic.

The chunks of generation g+1 are laid down beside those of g, the old ones are marked to
end with g, and the collection's generation number makes the change count in one call
(`rag_stream/index.py` has the reader's half). What a dead run left behind is removed
before the next one writes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from langchain_core.documents import Document
from numpy.typing import NDArray

from ingest.plan import Chunk, Plan, chunks_of, plan
from rag_stream.chroma import ChromaClient, Record
from rag_stream.index import SCHEMA, Index, IndexState
from rag_stream.models import Embedder

EMBED_BATCH = 64
PAGE = 1_000

Vectors = NDArray[np.float32]
Change = Literal["added", "changed", "unchanged", "removed"]
Progress = Callable[[int, int], None]
"""Called with the number of chunks embedded so far and in all."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one source; numbers of chunks."""

    source: str
    change: Change
    chunks: int
    embedded: int = 0
    deleted: int = 0


class Sync:
    """Writes to one index; the caller holds its lease."""

    def __init__(
        self, client: ChromaClient, index: Index, state: IndexState, embedder: Embedder
    ) -> None:
        self._client = client
        self._index = index
        self._state = state
        self._embedder = embedder

    @classmethod
    async def open(cls, index: Index, name: str, embedder: Embedder) -> "Sync":
        """Create the index where there is none, clean up what a dead run left.

        Raises EmbeddingMismatchError, IndexUnavailableError.
        """
        client = await index.client()
        state = await index.find()
        if state is None:
            model = embedder.fingerprint
            await client.create(name, {"embedding_model": model, "generation": 0, "schema": SCHEMA})
            state = await index.find()
            assert state is not None, "created above"  # noqa: S101
        state.require(embedder.fingerprint)
        sync = cls(client, index, state, embedder)
        await sync._recover()
        return sync

    async def preview(self, source: str, documents: Sequence[Document]) -> Outcome:
        """What `put` would do, without doing it; `embedded` counts chunks that are new."""
        stored = await self._stored(source)
        steps = plan(stored, chunks_of(documents))
        return _outcome(source, steps, stored, embedded=len(steps.add))

    async def put(
        self, source: str, documents: Sequence[Document], progress: Progress | None = None
    ) -> Outcome:
        """Make the source's chunks exactly these documents; embeds only texts that are new."""
        stored = await self._stored(source)
        steps = plan(stored, chunks_of(documents))
        if steps.is_empty:
            return _outcome(source, steps, stored)
        embedded = 0
        if steps.add or steps.retire:
            embedded = await self._replace(source, steps, progress)
        for metadata, ids in steps.relabel:
            await self._client.update_metadata(self._state.collection, ids, metadata)
        return _outcome(source, steps, stored, embedded=embedded)

    async def preview_removal(self, source: str) -> Outcome:
        """What `remove` would do, without doing it."""
        return Outcome(source, "removed", 0, deleted=len(await self._stored(source)))

    async def remove(self, source: str) -> Outcome:
        """Take a source out of the index."""
        stored = await self._stored(source)
        await self._replace(source, Plan(retire=stored), None)
        return Outcome(source, "removed", 0, deleted=len(stored))

    async def sources(self) -> set[str]:
        """Every source that has chunks in the index."""
        found: set[str] = set()
        offset = 0
        while True:
            page = await self._client.get(
                self._state.collection, texts=False, limit=PAGE, offset=offset
            )
            found |= {str(record.metadata["source"]) for record in page}
            if len(page) < PAGE:
                return found
            offset += PAGE

    async def _stored(self, source: str) -> list[Record]:
        records = await self._client.get(self._state.collection, {"source": source})
        return [record for record in records if self._state.holds(record)]

    async def _replace(self, source: str, steps: Plan, progress: Progress | None) -> int:
        client, collection = self._client, self._state.collection
        coming = self._state.generation + 1
        retired = [record.id for record in steps.retire]
        known = await self._known_vectors(source, steps)
        fresh = [chunk for chunk in steps.add if chunk.text not in known]
        dimension = self._state.collection.metadata.get("dimension")
        try:
            if reused := [chunk for chunk in steps.add if chunk.text in known]:
                await client.upsert(collection, [_record(c, known[c.text], coming) for c in reused])
            for start in range(0, len(fresh), EMBED_BATCH):
                batch = fresh[start : start + EMBED_BATCH]
                vectors = await self._embed(batch)
                dimension = vectors.shape[1]
                await client.upsert(
                    collection,
                    [_record(c, v, coming) for c, v in zip(batch, vectors, strict=True)],
                )
                if progress is not None:
                    progress(start + len(batch), len(fresh))
            await client.update_metadata(collection, retired, {"until": coming})
            await self._commit(coming, dimension)
        except BaseException:
            # Nobody has seen any of it. What cannot be undone now, the next run undoes.
            await self._recover()
            raise
        await client.delete(collection, retired)
        return len(fresh)

    async def _known_vectors(self, source: str, steps: Plan) -> dict[str, Any]:
        """Vectors of texts that only moved within the source, by text."""
        leaving = {record.text for record in steps.retire}
        if not any(chunk.text in leaving for chunk in steps.add):
            return {}
        records = await self._client.get(self._state.collection, {"source": source}, vectors=True)
        return {record.text: record.vector for record in records if record.text in leaving}

    async def _embed(self, chunks: Sequence[Chunk]) -> Vectors:
        texts = [chunk.text for chunk in chunks]
        return np.asarray(await self._embedder.embed_chunks(texts), dtype="<f4")

    async def _commit(self, generation: int, dimension: Any) -> None:
        metadata = {**self._state.collection.metadata, "generation": generation}
        if dimension is not None:
            metadata["dimension"] = int(dimension)
        await self._client.set_metadata(self._state.collection, metadata)
        await self._refresh()

    async def _refresh(self) -> None:
        state = await self._index.find()
        if state is not None:
            self._state = state

    async def _recover(self) -> None:
        """Undo what was laid down for a generation that never came; finish deletions."""
        await self._refresh()
        client, collection, generation = (
            self._client,
            self._state.collection,
            self._state.generation,
        )
        staged = await client.get(collection, {"since": {"$gt": generation}}, texts=False)
        await client.delete(collection, [record.id for record in staged])
        marked = await client.get(collection, {"until": {"$gt": 0}}, texts=False)
        ended = [record.id for record in marked if not self._state.holds(record)]
        await client.delete(collection, ended)
        spared = [record.id for record in marked if self._state.holds(record)]
        await client.update_metadata(collection, spared, {"until": 0})


def _record(chunk: Chunk, vector: Any, since: int) -> Record:
    return Record(chunk.id, chunk.text, {**chunk.metadata, "since": since, "until": 0}, 0.0, vector)


def _outcome(source: str, steps: Plan, stored: Sequence[Record], *, embedded: int = 0) -> Outcome:
    change: Change = "unchanged" if steps.is_empty else "changed" if stored else "added"
    total = len(steps.add) + len(steps.keep)
    return Outcome(source, change, total, embedded=embedded, deleted=len(steps.retire))
