"""That every chunk is found by its own vector.

A search walks a graph from entry to entry, and what was deleted stays in that graph. Chunks
may come to hang on dead entries alone; when those get better neighbours, nothing leads to
the chunks any more. Of 100 times that all of 120 chunks were taken out and others put in, it
happened 12 times, to 1 to 96 of them; and when a server adds its log to a graph, where it adds
and deletes side by side. They stand in the table all the while: only a search tells.

Giving a chunk its vector again makes a way to it where most entries around it are alive; where
they are not, it may cut off others. A graph that is grown anew has no dead entries at all. What
neither can help: where all chunks are nearer to one of them than to each other, a star, the
graph's own rules drop its rays.
"""

import logging
from collections.abc import AsyncIterator, Sequence, Set

from rag_stream.index.client import ChromaClient, Collection, Record
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.indexing.swap import begin_new, put_in_place

log = logging.getLogger(__name__)

FEW = 2_000
"""Chunks that are grown anew at once, within seconds; deleted ones are soon most of the graph."""
HIDDEN = "not_found"
"""Metadata key: how many chunks no search found when the graph had just been grown."""
SAME = 1e-4
"""Twins, chunks with one vector, stand for each other. Distances this small are rounding."""
_PAGE = 500
_IDS_PAGE = 20_000
_AT_ONCE = 100
_ROUNDS = 3
_DENSE = 0.001
"""The share of chunks above which a way to one may have cost others theirs."""


async def lost(
    client: ChromaClient, collection: Collection, records: Sequence[Record]
) -> list[str]:
    """The ids of those that a search does not find; they are given with their vectors.

    It costs the server 1 to 3 ms each. Raises IndexUnavailableError.
    """
    missing: list[str] = []
    for start in range(0, len(records), _AT_ONCE):
        part = [r for r in records[start : start + _AT_ONCE] if r.vector is not None]
        nearest = await client.nearest(collection, [r.vector for r in part if r.vector is not None])
        for record, (id, distance) in zip(part, nearest, strict=True):
            if id != record.id and distance > SAME:
                missing.append(record.id)
    return missing


async def lost_of(client: ChromaClient, collection: Collection, ids: Sequence[str]) -> list[str]:
    """Of these chunks, as far as they hold: the ids of those that a search does not find."""
    missing: list[str] = []
    async for page in _held(client, collection, ids, texts=False):
        missing += await lost(client, collection, page)
    return missing


async def lost_of_all(
    client: ChromaClient, collection: Collection, found: Set[str] = frozenset()
) -> list[str]:
    """Of every chunk that holds: the ids of those that a search does not find.

    Those that are known to be `found` are not looked for.
    """
    ids = await _ids(client, collection)
    return await lost_of(client, collection, [id for id in ids if id not in found])


async def make_found(
    client: ChromaClient,
    collection: Collection,
    missing: Sequence[str],
    *,
    at_any_cost: bool = False,
) -> list[str]:
    """Have these chunks found again; returns the ids of those that are not.

    `at_any_cost`: grow a large index anew, which takes minutes, for a few of its chunks too.
    The caller is the only one to write; the index may be another collection afterwards.
    Raises IndexUnavailableError.
    """
    if len(missing) <= int(collection.metadata.get(HIDDEN, 0)):
        return list(missing)  # it has been tried
    log.info("%s: %d chunks were not found by their vectors", collection.name, len(missing))
    count = await client.count(collection)
    if count > FEW:
        left = missing
        for _ in range(_ROUNDS):
            await connect(client, collection, left)
            left = await lost_of(client, collection, missing)
            if not left:
                break
        # A few among many living do not cut off others; to look for all takes minutes.
        if not left and len(missing) > count * _DENSE:
            left = await lost_of_all(client, collection)
        if len(left) <= count * _DENSE and not at_any_cost:
            if left:
                log.warning("%s: %d chunks are still not found", collection.name, len(left))
            return list(left)
        missing = left
    return await regrow(client, collection) if missing else []


async def connect(client: ChromaClient, collection: Collection, ids: Sequence[str]) -> None:
    """Give these chunks their vectors again; as they are now, a writer may be at work."""
    for start in range(0, len(ids), _PAGE):
        part = ids[start : start + _PAGE]
        now = await client.get(collection, ids=part, texts=False, vectors=True)
        await client.update_vectors(collection, now)


async def regrow(client: ChromaClient, old: Collection) -> list[str]:
    """Put the chunks that hold into a new graph, which takes the place of the old one.

    Returns the ids of those that are not found in that either. The caller is the only one to
    write. Raises IndexUnavailableError.
    """
    new = await begin_new(client, old.name, old.metadata)
    async for page in _held(client, old, await _ids(client, old), texts=True):
        whole = [
            Record(r.id, r.text, {**r.metadata, "since": 0, "until": 0}, 0.0, r.vector)
            for r in page
        ]
        await client.upsert(new, whole)
    missing = await lost_of_all(client, new)
    for _ in range(_ROUNDS if missing else 0):
        await connect(client, new, missing)
        before, missing = missing, await lost_of_all(client, new)
        if not missing or len(missing) >= len(before):
            break
    if missing:
        log.warning("%d chunks of the index are not found by their own vectors", len(missing))
    generation = int(old.metadata["generation"]) + 1
    whole_now = {**old.metadata, "generation": generation, HIDDEN: len(missing)}
    await client.set_metadata(new, whole_now)
    await put_in_place(client, old, new)
    return missing


async def _ids(client: ChromaClient, collection: Collection) -> list[str]:
    """Every chunk's id; looked up at once, as pages move when others write."""
    ids: list[str] = []
    while page := await client.ids(collection, limit=_IDS_PAGE, offset=len(ids)):
        ids += page
    return ids


async def _held(
    client: ChromaClient, collection: Collection, ids: Sequence[str], *, texts: bool
) -> AsyncIterator[list[Record]]:
    """Those of the chunks that hold in the index, with their vectors, some at a time."""
    snapshot = IndexSnapshot.of(collection)
    for start in range(0, len(ids), _PAGE):
        part = ids[start : start + _PAGE]
        page = await client.get(collection, ids=part, texts=texts, vectors=True)
        yield [record for record in page if snapshot.holds(record)]
