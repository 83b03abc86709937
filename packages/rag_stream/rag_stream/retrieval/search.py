"""From a question's words and vector to the chunks that may answer it, in one snapshot."""

import asyncio
from collections.abc import AsyncIterator, Collection, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from rag_stream.filters import Filter
from rag_stream.index.client import Record
from rag_stream.index.reader import IndexReader
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.lexical.search import Hit, Hits, LexicalSearch
from rag_stream.profiles import SearchType
from rag_stream.retrieval.budget import Budget
from rag_stream.retrieval.fusion import Candidate, fuse

CANDIDATES = 50
"""How many chunks each way of searching proposes."""

T = TypeVar("T")


class Passage(NamedTuple):
    """A chunk that was found and holds, and how it was found."""

    candidate: Candidate
    record: Record


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for, how, and how many of the best are to be read."""

    question: str
    vector: Sequence[float]
    search_type: SearchType
    where: Filter | None
    budget: Budget


@dataclass(frozen=True, slots=True)
class Found:
    """Passages, best first; `search_type` as it was in the end."""

    passages: list[Passage]
    snapshot: IndexSnapshot
    search_type: SearchType


class Search:
    """Finds the chunks nearest in meaning, those with the question's words, or the best of both.

    Raises IndexMovedError where the index is no longer as in the snapshot.
    """

    def __init__(self, index: IndexReader, lexical: LexicalSearch) -> None:
        self._index = index
        self._lexical = lexical

    async def find(self, snapshot: IndexSnapshot, query: Query) -> Found:
        """As many of the best chunks as the query's budget has room for, or some more."""
        if query.search_type == "hybrid":
            return await self._hybrid(snapshot, query)
        if query.search_type == "lexical":
            hits = await self._hits(snapshot, query)
            if hits.generation > 0:  # else the lexical index is still being made
                passages, _ = await self._read(snapshot, fuse([], hits), query.budget)
                return Found(passages, snapshot.with_lexical(hits.generation), "lexical")
        width = max(query.budget.k, query.budget.read_least)
        records = await self._index.search(snapshot, query.vector, width, query.where)
        there = {record.id: record for record in records}
        passages = [Passage(one, there[one.id]) for one in fuse(_near(records), [])]
        return Found(passages, snapshot, "dense")

    async def _hybrid(self, snapshot: IndexSnapshot, query: Query) -> Found:
        # Most of one is waiting for the index server, most of the other is work here.
        proposing = self._index.propose(snapshot, query.vector, CANDIDATES, query.where)
        async with alongside(proposing) as proposed:
            await asyncio.sleep(0)  # it is on its way
            hits = await self._hits(snapshot, query)
            near = await proposed
        used: SearchType = "hybrid" if hits.generation > 0 else "dense"
        snapshot = snapshot.with_lexical(hits.generation)
        passages, is_whole = await self._read(snapshot, fuse(_near(near), hits), query.budget)
        if not is_whole:  # chunks of a change that is under way have taken the places of others
            near = await self._index.search(
                snapshot, query.vector, CANDIDATES, query.where, texts=False
            )
            passages, _ = await self._read(snapshot, fuse(_near(near), hits), query.budget)
        return Found(passages, snapshot, used)

    async def _hits(self, snapshot: IndexSnapshot, query: Query) -> Hits:
        return await self._lexical.search(snapshot, query.question, CANDIDATES, query.where)

    async def _read(
        self, snapshot: IndexSnapshot, ranked: Sequence[Candidate], budget: Budget
    ) -> tuple[list[Passage], bool]:
        """The best candidates that there is room for; no more are read.

        Also whether all of those that were proposed by their vectors do hold.
        """
        passages: list[Passage] = []
        is_whole = True
        for start in range(0, len(ranked), budget.at_once):
            part = ranked[start : start + budget.at_once]
            records = await self._index.fetch(snapshot, [one.id for one in part], _doubtful(part))
            passages += [Passage(one, records[one.id]) for one in part if one.id in records]
            is_whole &= all(one.id in records for one in part if one.dense is not None)
            if budget.is_used_up([len(passage.record.text) for passage in passages]):
                break
        return passages, is_whole


@asynccontextmanager
async def alongside(work: Coroutine[Any, Any, T]) -> AsyncIterator["asyncio.Task[T]"]:
    """Do the work beside the block, which awaits it; without the block it ends."""
    task = asyncio.create_task(work)
    # Its failure is for the block, which may have failed before.
    task.add_done_callback(lambda task: task.cancelled() or task.exception())
    try:
        yield task
    finally:
        task.cancel()


def _doubtful(candidates: Sequence[Candidate]) -> Collection[str]:
    """Those that only the lexical index has told of, which may be behind."""
    return {one.id for one in candidates if one.dense is None}


def _near(records: Sequence[Record]) -> list[Hit]:
    return [Hit(record.id, 1.0 - record.distance) for record in records]
