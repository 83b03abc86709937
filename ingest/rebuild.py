"""Embedding the whole index anew, from its own texts: for a change of embedding model.

The new collection grows beside the old one, which keeps answering; two renames put it in
its place. A run that dies leaves the old index whole, or the new one under a name that
`restore` puts right.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ingest.sync import EMBED_BATCH, PAGE
from rag_stream.chroma import ChromaClient, Record
from rag_stream.errors import IndexEmptyError
from rag_stream.index import SCHEMA, IndexState
from rag_stream.models import Embedder

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
    client: ChromaClient, name: str, embedder: Embedder, progress: Progress | None = None
) -> int:
    """Embed every chunk with `embedder` and swap the index; returns how many chunks.

    The caller holds the lease. Raises IndexEmptyError, IndexUnavailableError.
    """
    await restore(client, name)
    old = await client.find(name)
    if old is None:
        raise IndexEmptyError(f"there is no index {name!r} to rebuild: ingest something first")
    state = IndexState.of(old)
    for leftover in (f"{name}.new", f"{name}.old"):
        await client.drop(leftover)
    bookkeeping: dict[str, str | int] = {
        "embedding_model": embedder.fingerprint,
        "schema": SCHEMA,
        "generation": 0,
    }
    new = await client.create(f"{name}.new", bookkeeping)
    assert new is not None, "its name was free under the lease"  # noqa: S101
    total = await client.count(old)
    done = offset = 0
    dimension: int | None = None
    while page := await client.get(old, limit=PAGE, offset=offset):
        offset += len(page)
        live = [record for record in page if state.holds(record)]
        for start in range(0, len(live), EMBED_BATCH):
            batch = live[start : start + EMBED_BATCH]
            vectors = np.asarray(
                await embedder.embed_chunks([record.text for record in batch]), dtype="<f4"
            )
            dimension = int(vectors.shape[1])
            await client.upsert(new, [_again(r, v) for r, v in zip(batch, vectors, strict=True)])
            done += len(batch)
            if progress is not None:
                progress(done, total)
    if dimension is not None:
        bookkeeping["dimension"] = dimension
    # From here on the new collection is complete, and `restore` may put it in place.
    await client.set_metadata(new, {**bookkeeping, "generation": state.generation + 1})
    await client.rename(old, f"{name}.old")
    await client.rename(new, name)
    await client.drop(f"{name}.old")
    return done


def _again(record: Record, vector: Any) -> Record:
    return Record(record.id, record.text, {**record.metadata, "since": 0, "until": 0}, 0.0, vector)
