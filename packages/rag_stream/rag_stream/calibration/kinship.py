"""How near the chunks of an index are to each other: what is alike, to its model."""

import numpy as np

from rag_stream.index.client import ChromaClient, Collection, Record

SAMPLE = 200
"""Chunks that are asked for their nearest."""
_FEWEST = 20
_NEAREST = 16
_REACH = 2_000
"""Characters within which chunks of one source count as one: each leans on its neighbours."""


async def kinship(client: ChromaClient, collection: Collection) -> list[float]:
    """Of chunks from all over the collection, how near the nearest other one is.

    Empty where only a few have another one. Raises IndexUnavailableError.
    """
    count = await client.count(collection)
    found = []
    # A few pages from all over it.
    pages = min(10, max(1, count // SAMPLE))
    for page in range(pages):
        some = await client.get(
            collection,
            texts=False,
            vectors=True,
            limit=SAMPLE // pages,
            offset=page * (count // pages),
        )
        for record in some:
            nearest = await _nearest(client, collection, record)
            if nearest is not None:
                found.append(nearest)
    return found if len(found) >= _FEWEST else []


async def _nearest(client: ChromaClient, collection: Collection, record: Record) -> float | None:
    if record.vector is None or not np.any(record.vector):
        return None
    vector = record.vector.tolist()
    near = await client.query(collection, vector, _NEAREST, texts=False)
    others = (other for other in near if not _is_beside(record, other))
    return next((1.0 - other.distance for other in others), None)


def _is_beside(one: Record, other: Record) -> bool:
    if one.metadata.get("source") != other.metadata.get("source"):
        return False
    places = [int(record.metadata.get("start_index", 0)) for record in (one, other)]
    return abs(places[0] - places[1]) <= _REACH
