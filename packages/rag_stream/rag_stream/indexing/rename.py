"""Sources under other names: the same texts and vectors, nothing embedded, each change atomic.

As in `sync.py` the chunks of the new name are laid down beside those of the old one, and the
generation's number makes both changes count in one call: who dies in between leaves the old.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rag_stream.index.client import ChromaClient, Record
from rag_stream.index.generation import ROOT
from rag_stream.indexing.commits import Commits
from rag_stream.indexing.diff import chunk_id
from rag_stream.indexing.findable import lost_of, make_found

AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Move:
    """What a source is called from now on, and the root it is in, if any."""

    source: str
    root: str | None = None

    @property
    def metadata(self) -> dict[str, str]:
        """What its chunks say of it."""
        return {"source": self.source, **({} if self.root is None else {ROOT: self.root})}


Moves = Mapping[str, Move]
"""By the names that the sources have now."""


def renamed(record: Record, move: Move) -> Record:
    """The chunk as one of the source's new name."""
    metadata = {**record.metadata, **move.metadata}
    id = chunk_id(move.source, int(metadata["start_index"]), record.text)
    return replace(record, id=id, metadata=metadata)


async def rename(client: ChromaClient, commits: Commits, moves: Moves) -> list[str]:
    """Give sources other names; returns those of them that were there.

    Where the new name is a source already, or several get one, the others are taken out. One
    that keeps its name is told its root. The caller holds the index's lease.
    """
    done: list[str] = []
    names = list(moves)
    for at in range(0, len(names), AT_ONCE):
        some = {old: moves[old] for old in names[at : at + AT_ONCE]}
        done += await _rename(client, commits, some)
    return done


async def _rename(client: ChromaClient, commits: Commits, moves: Moves) -> list[str]:
    state = commits.state
    collection, coming = state.collection, state.generation + 1
    wanted = {*moves, *(move.source for move in moves.values())}
    found = await client.get(collection, {"source": {"$in": sorted(wanted)}}, vectors=True)
    here = _by_source(filter(state.holds, found))
    moving = {old: move for old, move in moves.items() if old in here and move.source != old}
    new: dict[str, list[Record]] = {}
    for old, move in moving.items():
        if move.source not in here and move.source not in new:
            new[move.source] = [renamed(record, move) for record in here[old]]
    laid = [
        replace(record, metadata={**record.metadata, "since": coming, "until": 0})
        for records in new.values()
        for record in records
    ]
    for old in moves.keys() & here.keys() - moving.keys():
        ids = [record.id for record in here[old]]
        await client.update_metadata(collection, ids, moves[old].metadata)
    if moving:
        retired = [record.id for old in moving for record in here[old]]
        try:
            await client.upsert(collection, laid)
            await client.update_metadata(collection, retired, {"until": coming})
            await commits.commit(coming)
        except BaseException:
            # Nobody has seen any of it. What cannot be undone now, the next run undoes.
            await commits.recover()
            raise
        await client.delete(collection, retired)
        await _see_found(client, commits, [record.id for record in laid])
    return [old for old in moves if old in here]


async def _see_found(client: ChromaClient, commits: Commits, ids: Sequence[str]) -> None:
    """Searches find them, too (`findable.py`)."""
    missing = await lost_of(client, commits.state.collection, ids)
    if missing:
        await make_found(client, commits.state.collection, missing)
        await commits.refresh()


def _by_source(records: Iterator[Record]) -> dict[str, list[Record]]:
    rows: dict[str, list[Record]] = {}
    for record in records:
        rows.setdefault(str(record.metadata["source"]), []).append(record)
    return rows
