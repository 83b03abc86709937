"""What is left of an index: is every source whole, and is every chunk found?"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from rag_stream.errors import IndexUnavailableError
from rag_stream.index.client import Record
from rag_stream.index.reader import IndexReader
from rag_stream.settings import Settings

_PAGE = 1_000
SAME = 1e-3


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen; `lost` chunks stand in the table, and a search does not find them."""

    sources: dict[str, frozenset[str]]
    chunks: int
    stored: int
    lost: tuple[str, ...] = ()


class UnreadableError(Exception):
    """The index does not answer any more, or gives up a chunk without its vector."""


async def look(settings: Settings) -> Look:
    """Read all of the index and search every chunk of it by its own vector.

    Raises UnreadableError.
    """
    index = IndexReader(settings)
    try:
        snapshot = await index.snapshot()
        client = await index.client()
        stored: list[Record] = []
        while page := await client.get(
            snapshot.collection, vectors=True, limit=_PAGE, offset=len(stored)
        ):
            stored += page
        held = [record for record in stored if snapshot.holds(record)]
        sources: dict[str, set[str]] = defaultdict(set)
        for record in held:
            sources[str(record.metadata["source"])].add(record.text)
        lost: list[str] = []
        for record in held:  # one at a time, as questions come
            assert record.vector is not None, "asked for"  # noqa: S101
            found = await index.search(snapshot, record.vector.tolist(), 1, texts=False)
            if not found or (found[0].id != record.id and found[0].distance > SAME):
                lost.append(_told(record, stored, found))
    except IndexUnavailableError as error:
        raise UnreadableError(f"{error}: {error.__cause__}") from error
    finally:
        await index.aclose()
    whole = {source: frozenset(texts) for source, texts in sources.items()}
    return Look(whole, len(held), len(stored), tuple(lost))


def _told(record: Record, stored: list[Record], found: list[Record]) -> str:
    """How far the chunk found is, and where an exact search over the same vectors has it."""
    assert record.vector is not None, "asked for"  # noqa: S101
    vectors = np.stack([other.vector for other in stored if other.vector is not None])
    scores = vectors @ record.vector / np.linalg.norm(vectors, axis=1)
    place = int((scores > scores[[r.id for r in stored].index(record.id)] + SAME).sum())
    nearest = f"{found[0].distance:.3f} away" if found else "nothing"
    return f"{record.id}: found {nearest}; number {place + 1} by an exact search"
