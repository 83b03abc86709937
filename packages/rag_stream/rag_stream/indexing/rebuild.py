"""Making the whole index anew: with another embedding model, smoothing, headings or cut.

The old index keeps answering meanwhile (`swap.py`). The index does not hold its documents:
sources that are handed in are cut anew, the others keep their chunks and get new vectors.
"""

from collections.abc import Sequence
from dataclasses import replace

from langchain_core.documents import Document

from rag_stream.calibration.asking import calibrate
from rag_stream.errors import (
    ConnectTimeoutError,
    EmbeddingFailedError,
    IndexEmptyError,
    IndexUnavailableError,
    RetrievalTimeoutError,
)
from rag_stream.index.client import ChromaClient, Collection, Metadata, Record
from rag_stream.index.generation import INGESTED, SCHEMA, ingested_now
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.indexing.diff import chunks_of, plan
from rag_stream.indexing.inventory import ids_by_source
from rag_stream.indexing.outcome import Outcome, Progress, outcome_of
from rag_stream.indexing.recipe import Recipe
from rag_stream.indexing.rename import Move, Moves, renamed
from rag_stream.indexing.smoothing import Place, Smoother, places
from rag_stream.indexing.swap import begin_new, put_in_place
from rag_stream.indexing.sync import EMBED_BATCH
from rag_stream.indexing.upgrade import infer_cut
from rag_stream.lexical.search import LexicalSearch
from rag_stream.models.factory import Embedder

_PAGE = 1_000


class Rebuild:
    """The new index while it grows; the caller holds the index's lease.

    `put` and `remove` as many sources as there are, then `finish`.
    """

    def __init__(
        self,
        client: ChromaClient,
        old: IndexSnapshot,
        new: Collection,
        embedder: Embedder,
        recipe: Recipe,
        recorded: Recipe,
        progress: Progress | None,
        lexical: LexicalSearch | None,
        calibrates: bool,
    ) -> None:
        self.made = recorded
        """How the old index is made."""
        self.chunks = 0
        """How many the new index holds."""
        self._progress = progress
        self._lexical = lexical
        self._embedder = embedder
        self._calibrates = calibrates
        self._client = client
        self._old = old
        self._new = new
        self._recipe = recipe
        self._smoother = Smoother(embedder, recipe.weights, recipe.headings)
        self._left: dict[str, list[str]] = {}
        self._moved: dict[str, Move] = {}
        self._batch: list[tuple[Record, Place]] = []
        self._dimension: int | None = None
        self._has_cut = False

    @classmethod
    async def start(
        cls,
        client: ChromaClient,
        name: str,
        embedder: Embedder,
        recipe: Recipe,
        progress: Progress | None = None,
        *,
        lexical: LexicalSearch | None = None,
        calibrates: bool = False,
    ) -> "Rebuild":
        """Begin beside the index of that name.

        `progress`: of the sources that are not put. `lexical`: this machine's index by words,
        to be made ready before the swap. `calibrates`: the new index is asked the everyday
        questions before it, too. `restore` has been called.
        Raises IndexEmptyError, IndexUnavailableError.
        """
        old = await client.find(name)
        if old is None:
            raise IndexEmptyError(f"there is no index {name!r} to rebuild: ingest something first")
        state = IndexSnapshot.of(old)
        recorded = Recipe.of(old.metadata) or await infer_cut(client, state, recipe)
        new = await begin_new(client, name, {**recipe.metadata(), "schema": SCHEMA})
        rebuild = cls(client, state, new, embedder, recipe, recorded, progress, lexical, calibrates)
        rebuild._left = await ids_by_source(client, state)
        return rebuild

    @property
    def embedding_model(self) -> str:
        """The fingerprint of the model that the new index is made with."""
        return self._recipe.embedding_model

    async def put(
        self, source: str, documents: Sequence[Document], progress: Progress | None = None
    ) -> Outcome:
        """Let the source be exactly these documents, all of them embedded anew."""
        stored = await self._called(source, self._left.pop(source, ()))
        chunks = chunks_of(documents)
        when = {INGESTED: ingested_now()}
        records = [Record(chunk.id, chunk.text, {**chunk.metadata, **when}) for chunk in chunks]
        self._has_cut = True
        await self._add(records)
        await self._flush()
        if progress is not None:
            progress(len(chunks), len(chunks))
        texts = {chunk.text for chunk in chunks}
        return outcome_of(source, plan(stored, chunks), stored, embedded=len(texts))

    def keep(self, source: str, chunks: int) -> Outcome:
        """Let the source be as it was cut: it is left, and embedded anew with what else is."""
        return Outcome(source, "unchanged", chunks)

    async def remove(self, source: str) -> Outcome:
        """Let the source not be in the new index."""
        return Outcome(source, "removed", 0, deleted=len(self._left.pop(source, ())))

    async def rename(self, moves: Moves) -> list[str]:
        """Let sources have other names in the new index, as `rename.rename` does."""
        there = {old: self._left.pop(old) for old in moves if old in self._left}
        for old in sorted(there, key=lambda old: moves[old].source != old):  # who keeps it, first
            move = moves[old]
            if move.source not in self._left:
                self._left[move.source] = there[old]
                self._moved[move.source] = move
        return list(there)

    async def sources(self) -> set[str]:
        """Every source of the old index that was neither put nor removed."""
        return set(self._left)

    async def finish(self) -> None:
        """Embed the sources that are left, as they were cut; swap the index."""
        total = sum(map(len, self._left.values()))
        done = 0
        for source, ids in self._left.items():
            await self._add(await self._called(source, ids))
            done += len(ids)
            if self._progress is not None:
                self._progress(done, total)
        await self._flush()
        await self._swap()

    async def _swap(self) -> None:
        client, old = self._client, self._old.collection
        # From here on the new collection is complete, and `restore` may put it in place.
        metadata = {**self._made().metadata(), "schema": SCHEMA, **await self._calibrated()}
        of_now: Metadata = {"generation": self._old.generation + 1, INGESTED: ingested_now()}
        await client.set_metadata(self._new, {**metadata, **of_now})
        complete = await client.find(self._new.name)
        if self._lexical is not None and complete is not None:
            await self._lexical.catch_up(
                IndexSnapshot.of(complete)
            )  # so that no question has to wait
        await put_in_place(client, old, self._new)

    async def _calibrated(self) -> Metadata:
        """What the everyday questions say; where they fail, the caller may ask them later."""
        if not self._calibrates:
            return {}
        try:
            found = await calibrate(self._client, self._new, self._embedder)
        except (
            EmbeddingFailedError,
            ConnectTimeoutError,
            RetrievalTimeoutError,
            IndexUnavailableError,
        ):
            return {}
        return {} if found is None else found.metadata()

    def _made(self) -> Recipe:
        """How the new index is made: what is left of the old one is cut as it was."""
        made, was = replace(self._recipe, dimension=self._dimension), self.made
        if not self._left:
            return made
        if not self._has_cut:
            return replace(made, cut=was.cut, is_mixed=was.is_mixed)
        return replace(made, is_mixed=was.is_mixed or was.cut != made.cut)

    async def _called(self, source: str, ids: Sequence[str]) -> list[Record]:
        """The chunks of a source under the name that it has in the new index."""
        records, move = await self._stored(ids), self._moved.get(source)
        return records if move is None else [renamed(record, move) for record in records]

    async def _stored(self, ids: Sequence[str]) -> list[Record]:
        records: dict[str, Record] = {}
        for start in range(0, len(ids), _PAGE):
            found = await self._client.get(self._old.collection, ids=ids[start : start + _PAGE])
            records.update((record.id, record) for record in found)
        return [records[id] for id in ids]

    async def _add(self, records: Sequence[Record]) -> None:
        """All chunks of a source, in order; written as many at a time as are embedded."""
        found = places(
            [record.text for record in records],
            [record.metadata for record in records],
            self._recipe.weights,
            self._recipe.headings,
        )
        for pair in zip(records, found, strict=True):
            self._batch.append(pair)
            if len(self._batch) == EMBED_BATCH:
                await self._flush()

    async def _flush(self) -> None:
        batch, self._batch = self._batch, []
        if not batch:
            return
        around, paths = zip(*(place for _, place in batch), strict=True)
        vectors = await self._smoother.vectors(around, paths)
        self._dimension = int(vectors.shape[1])
        records = [
            Record(record.id, record.text, {**record.metadata, "since": 0, "until": 0}, 0.0, vector)
            for (record, _), vector in zip(batch, vectors, strict=True)
        ]
        await self._client.upsert(self._new, records)
        self.chunks += len(records)
