"""How near the chunks of an index are to each other: what is alike, to its model."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from rag_stream.calibration.everyday import everyday
from rag_stream.calibration.language import language_of
from rag_stream.index.client import ChromaClient, Collection, Record
from rag_stream.text.language import LANGUAGE
from rag_stream.text.weight import weight

SAMPLE = 200
"""Chunks that are asked for their nearest."""
_FEWEST = 20
"""Of a language; fewer tell nothing."""
_NEAREST = 16
_REACH = 2_000
"""Characters of English, or what says as much in another script, within which chunks of one source
count as one: each leans on its neighbours."""


class Kinship(NamedTuple):
    """By language, how near the nearest other chunk is to some; and how many were looked at.

    `near` is without languages of which only a few chunks have another one.
    """

    near: Mapping[str, Sequence[float]]
    chunks: Mapping[str, int]


async def kinship(client: ChromaClient, collection: Collection) -> Kinship:
    """That of chunks from all over the collection. Raises IndexUnavailableError."""
    count = await client.count(collection)
    chunks: Counter[str] = Counter()
    found: defaultdict[str, list[float]] = defaultdict(list)
    # A few pages from all over it.
    pages = min(10, max(1, count // SAMPLE))
    for page in range(pages):
        some = await client.get(
            collection,
            vectors=True,
            limit=SAMPLE // pages,
            offset=page * (count // pages),
        )
        for record in some:
            language = _language(record)
            chunks[language] += 1
            nearest = await _nearest(client, collection, record)
            if nearest is not None:
                found[language].append(nearest)
    near = {language: own for language, own in found.items() if len(own) >= _FEWEST}
    return Kinship(near, chunks)


def _language(record: Record) -> str:
    """The one recorded with it, as of what a chunk of code is a part of, if that is asked in."""
    told = record.metadata.get(LANGUAGE)
    return str(told) if told in everyday() else language_of(record.text)


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
    each = weight(one.text) / max(1, len(one.text))
    return each * abs(places[0] - places[1]) <= _REACH
