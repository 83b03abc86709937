"""Which sources the index holds: of a root, of no root, all of them."""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import Any

from rag_stream.index.client import ChromaClient, Record
from rag_stream.index.generation import ROOT
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.indexing.tally import Tally

_PAGE = 1_000
_SOURCES = 100
"""That one call asks for: more at a time are slower."""


async def sources_of(
    client: ChromaClient, snapshot: IndexSnapshot, roots: Collection[str]
) -> dict[str, str]:
    """The names of the sources that are in these roots, each with its root."""
    if not roots:
        return {}
    records = _held(client, snapshot, {ROOT: {"$in": sorted(roots)}})
    return {str(r.metadata["source"]): str(r.metadata[ROOT]) async for r in records}


async def old_names(client: ChromaClient, snapshot: IndexSnapshot) -> set[str]:
    """The names of the files that say no root: a version before roots named them."""
    return {
        str(record.metadata["source"])
        async for record in _held(client, snapshot)
        if ROOT not in record.metadata and "://" not in str(record.metadata["source"])
    }


async def some_of(
    client: ChromaClient, snapshot: IndexSnapshot, sources: Sequence[str], enough: int
) -> set[str]:
    """Of these sources, `enough` that the index holds; all that it holds where it has fewer."""
    found: set[str] = set()
    for start in range(0, len(sources), _SOURCES):
        where = {"source": {"$in": sources[start : start + _SOURCES]}}
        async for record in _held(client, snapshot, where):
            found.add(str(record.metadata["source"]))
            if len(found) >= enough:
                return found
    return found


async def tallies(
    client: ChromaClient, snapshot: IndexSnapshot, sources: Sequence[str]
) -> dict[str, str]:
    """What stands in the index of those of these sources that it holds."""
    found: dict[str, Tally] = {}
    for start in range(0, len(sources), _SOURCES):
        where = {"source": {"$in": sources[start : start + _SOURCES]}}
        async for record in _held(client, snapshot, where):
            found.setdefault(str(record.metadata["source"]), Tally()).add(record)
    return {source: str(tally) for source, tally in found.items()}


async def chunks_by_source(client: ChromaClient, snapshot: IndexSnapshot) -> Counter[str]:
    """How many chunks each source has."""
    return Counter([str(r.metadata["source"]) async for r in _held(client, snapshot)])


async def ids_by_source(client: ChromaClient, snapshot: IndexSnapshot) -> dict[str, list[str]]:
    """The ids of every source's chunks, in order."""
    found: dict[str, list[tuple[int, str]]] = {}
    async for record in _held(client, snapshot):
        place = int(record.metadata["start_index"]), record.id
        found.setdefault(str(record.metadata["source"]), []).append(place)
    return {source: [id for _, id in sorted(row)] for source, row in found.items()}


async def texts_of(
    client: ChromaClient, snapshot: IndexSnapshot, sources: list[str]
) -> dict[str, str]:
    """The texts of those of these sources that the index holds, chunk after chunk."""
    rows: dict[str, list[tuple[int, str]]] = {}
    async for record in _held(client, snapshot, {"source": {"$in": sources}}, texts=True):
        place = int(record.metadata["start_index"]), record.text
        rows.setdefault(str(record.metadata["source"]), []).append(place)
    return {source: "\n".join(text for _, text in sorted(row)) for source, row in rows.items()}


async def _held(
    client: ChromaClient,
    snapshot: IndexSnapshot,
    where: Mapping[str, Any] | None = None,
    *,
    texts: bool = False,
) -> AsyncIterator[Record]:
    offset = 0
    while True:
        page = await client.get(snapshot.collection, where, texts=texts, limit=_PAGE, offset=offset)
        for record in filter(snapshot.holds, page):
            yield record
        if len(page) < _PAGE:
            return
        offset += _PAGE
