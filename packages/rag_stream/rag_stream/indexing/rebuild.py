"""Embedding the whole index anew, from its own texts: for a change of embedding model.

The new collection grows beside the old one, which keeps answering; two renames put it in
its place. A run that dies leaves the old index whole, or the new one under a name that
`restore` puts right.
"""

from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import Any

from rag_stream.errors import IndexEmptyError
from rag_stream.index.client import ChromaClient, Collection, Record
from rag_stream.index.generation import SCHEMA
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.indexing.smoothing import WEIGHTS, Context, Smoother, contexts
from rag_stream.indexing.sync import EMBED_BATCH, PAGE
from rag_stream.lexical.search import LexicalSearch
from rag_stream.models.factory import Embedder

Progress = Callable[[int, int], None]


async def restore(client: ChromaClient, name: str) -> None:
    """Finish or undo a rebuild that died between its renames; nothing where all is well."""
    if await client.find(name) is not None:
        return
    for left in (f"{name}.new", f"{name}.old"):
        collection = await client.find(left)
        if collection is not None and collection.metadata.get("generation", 0) > 0:
            await client.rename(collection, name)
            return


async def rebuild(
    client: ChromaClient,
    name: str,
    embedder: Embedder,
    progress: Progress | None = None,
    *,
    weights: Sequence[float] = WEIGHTS,
    lexical: LexicalSearch | None = None,
) -> int:
    """Embed every chunk with `embedder` and swap the index; returns how many chunks.

    `lexical`: this machine's index by words, to be made ready before the swap.
    The caller holds the lease. Raises IndexEmptyError, IndexUnavailableError.
    """
    await restore(client, name)
    old = await client.find(name)
    if old is None:
        raise IndexEmptyError(f"there is no index {name!r} to rebuild: ingest something first")
    state = IndexSnapshot.of(old)
    for leftover in (f"{name}.new", f"{name}.old"):
        await client.drop(leftover)
    bookkeeping: dict[str, str | int] = {
        "embedding_model": embedder.fingerprint,
        "schema": SCHEMA,
        "generation": 0,
    }
    new = await client.create(f"{name}.new", bookkeeping)
    assert new is not None, "its name was free under the lease"  # noqa: S101
    sources = await _sources(client, state)
    total = sum(map(len, sources.values()))
    smoother = Smoother(embedder, weights)
    done = 0
    dimension: int | None = None
    async for batch in _batches(client, old, sources, len(weights)):
        vectors = await smoother.vectors([context for _, context in batch])
        dimension = int(vectors.shape[1])
        records = [record for record, _ in batch]
        await client.upsert(new, [_again(r, v) for r, v in zip(records, vectors, strict=True)])
        done += len(batch)
        if progress is not None:
            progress(done, total)
    if dimension is not None:
        bookkeeping["dimension"] = dimension
    # From here on the new collection is complete, and `restore` may put it in place.
    await client.set_metadata(new, {**bookkeeping, "generation": state.generation + 1})
    complete = await client.find(f"{name}.new")
    if lexical is not None and complete is not None:
        await lexical.catch_up(IndexSnapshot.of(complete))  # so that no question has to wait for it
    await client.rename(old, f"{name}.old")
    await client.rename(new, name)
    await client.drop(f"{name}.old")
    return done


async def _sources(client: ChromaClient, state: IndexSnapshot) -> dict[str, list[str]]:
    """The ids of every source's chunks, in order."""
    places: dict[str, list[tuple[int, str]]] = defaultdict(list)
    offset = 0
    while page := await client.get(state.collection, texts=False, limit=PAGE, offset=offset):
        offset += len(page)
        for record in filter(state.holds, page):
            place = (int(record.metadata["start_index"]), record.id)
            places[str(record.metadata["source"])].append(place)
    return {source: [id for _, id in sorted(chunks)] for source, chunks in places.items()}


async def _batches(
    client: ChromaClient, old: Collection, sources: Mapping[str, Sequence[str]], reach: int
) -> AsyncGenerator[list[tuple[Record, Context]], None]:
    """All chunks with their contexts, source after source, as many at a time as are embedded."""
    batch: list[tuple[Record, Context]] = []
    for ids in sources.values():
        records: dict[str, Record] = {}
        for start in range(0, len(ids), PAGE):
            found = await client.get(old, ids=ids[start : start + PAGE])
            records.update((record.id, record) for record in found)
        ordered = [records[id] for id in ids]
        around = contexts([record.text for record in ordered], reach)
        for pair in zip(ordered, around, strict=True):
            batch.append(pair)
            if len(batch) == EMBED_BATCH:
                yield batch
                batch = []
    if batch:
        yield batch


def _again(record: Record, vector: Any) -> Record:
    return Record(record.id, record.text, {**record.metadata, "since": 0, "until": 0}, 0.0, vector)
