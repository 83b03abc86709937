"""From a question's words and vector to the chunks that may answer it, in one snapshot."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from types import MappingProxyType

from rag_stream.filters import Filter
from rag_stream.index.client import Record
from rag_stream.index.likeness import Likeness
from rag_stream.index.reader import IndexReader
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.lexical.earlier import Earlier
from rag_stream.lexical.search import Hit, Hits, LexicalSearch
from rag_stream.profiles import SearchType
from rag_stream.retrieval.alongside import alongside
from rag_stream.retrieval.budget import Budget
from rag_stream.retrieval.fusion import Candidate, Fusion, Place, fuse
from rag_stream.retrieval.measure import Measure
from rag_stream.retrieval.reading import Passage, Reading

CANDIDATES = 50
"""How many chunks each way of searching proposes."""
_SPARE = 16
"""So many more a dense search reads, at most twice as many, in the place of repeats."""

_KEPT = 2
"""Of what a question finds without what was said before it so many stay in front."""

_NOTHING: Mapping[str, Record | None] = MappingProxyType({})
_NONE: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for, how, and how many of the best are to be read."""

    question: str
    vector: Sequence[float]
    search_type: SearchType
    where: Filter | None
    budget: Budget
    once: bool = True
    """Whether chunks that say the same count as one."""
    counts: float = 0.0
    """How far what was said before it counts, from 0 to 1; the vector knows of it already."""
    earlier: tuple[Earlier, ...] = ()
    """That, and what a match of its words counts."""
    alone: Sequence[float] | None = None
    """The question's own vector, where what it finds by itself is to stay in front; else None."""
    topic: tuple[str, ...] = ()
    """The turns before that it goes on with; nothing is searched for by them as they are."""


@dataclass(frozen=True, slots=True)
class Found:
    """Passages, best first; `search_type` as it was in the end."""

    passages: list[Passage]
    snapshot: IndexSnapshot
    search_type: SearchType
    nearest: float | None
    """The cosine of the chunk that is nearest, be it among the passages or not; None: not asked."""
    information: Mapping[str, float] = field(default_factory=dict)
    """How much each of the question's terms says in the index; none without a search by words."""
    margin: float | None = None
    """How much nearer the nearest chunk is than the fiftieth; None where that was not asked."""
    context: Mapping[str, float] = field(default_factory=dict)
    """How much the terms from before the question say, as far as they count."""


class Search:
    """Finds the chunks nearest in meaning, those with the question's words, or the best of both.

    Raises IndexMovedError where the index is no longer as in the snapshot.
    """

    def __init__(self, index: IndexReader, lexical: LexicalSearch) -> None:
        self._index = index
        self._lexical = lexical
        self._likeness = Likeness(index)

    async def load(self) -> None:
        """Import what a search takes, so that the first need not wait for it."""
        await self._likeness.load()

    async def find(self, snapshot: IndexSnapshot, query: Query) -> Found:
        """As many of the best chunks as the query's budget has room for, or some more."""
        if query.search_type == "hybrid":
            return await self._hybrid(snapshot, query)
        if query.search_type == "lexical":
            hits = await self._hits(snapshot, query)
            if hits.generation > 0:  # else the lexical index is still being made
                passages, _ = await self._read(snapshot, query, fuse([], hits))
                snapshot = snapshot.with_lexical(hits.generation)
                return Found(
                    passages, snapshot, "lexical", None, hits.information, context=hits.context
                )
        width = max(query.budget.k, query.budget.read_least)
        if query.once:
            width += min(width, _SPARE)
        records = await self._index.search(snapshot, query.vector, width, query.where)
        there = {record.id: record for record in records}
        reading = Reading(query.once)
        for one in fuse(_near(records), []):
            reading.add(Passage(one, there[one.id]))
        nearest, margin = _nearest(records), _margin(records)
        return Found(reading.passages, snapshot, "dense", nearest, margin=margin)

    async def _hybrid(self, snapshot: IndexSnapshot, query: Query) -> Found:
        # Most of one is waiting for the index server, most of the other is work here.
        proposing = self._index.propose(snapshot, query.vector, CANDIDATES, query.where)
        async with alongside(proposing) as proposed, alongside(self._alone(snapshot, query)) as own:
            await asyncio.sleep(0)  # it is on its way
            hits = await self._hits(snapshot, query)
            measure = Measure.of(query.question, snapshot.collection.metadata, query.counts)
            near, kept = await proposed, await own
        used: SearchType = "hybrid" if hits.generation > 0 else "dense"
        snapshot = snapshot.with_lexical(hits.generation)
        passages, is_whole = await self._best(snapshot, query, near, hits, measure, kept)
        if not is_whole:  # chunks of a change that is under way have taken the places of others
            near = await self._index.search(
                snapshot, query.vector, CANDIDATES, query.where, texts=False
            )
            passages, _ = await self._best(snapshot, query, near, hits, measure, kept)
        told = hits.information, _margin(near), hits.context
        return Found(passages, snapshot, used, _nearest(near), *told)

    async def _alone(self, snapshot: IndexSnapshot, query: Query) -> list[str]:
        """The best chunks for the question without what was said before, where those are to stay.

        Whoever changes the subject within the same documents is near to what was said, and names
        what is asked for.
        """
        if query.alone is None:
            return []
        plain = replace(query, vector=query.alone, counts=0.0, earlier=(), alone=None)
        proposing = self._index.propose(snapshot, plain.vector, CANDIDATES, plain.where)
        async with alongside(proposing) as proposed:
            await asyncio.sleep(0)
            hits = await self._hits(snapshot, plain)
            near = _near(await proposed)
        measure = Measure.of(plain.question, snapshot.collection.metadata)
        worth = measure.worth([hit.score for hit in near], CANDIDATES)
        return [one.id for one in fuse(near, hits, hits.full, worth=worth)[:_KEPT]]

    async def _hits(self, snapshot: IndexSnapshot, query: Query) -> Hits:
        return await self._lexical.search(
            snapshot, query.question, CANDIDATES, query.where, earlier=query.earlier
        )

    async def _best(
        self,
        snapshot: IndexSnapshot,
        query: Query,
        near: Sequence[Record],
        hits: Hits,
        measure: Measure,
        kept: Sequence[str],
    ) -> tuple[list[Passage], bool]:
        """What both have proposed, each with its own likeness to the question.

        The texts of those that are likely to be read are asked for at the same time.
        """
        proposed = _near(near)
        worth = measure.worth([hit.score for hit in proposed], CANDIDATES)
        fusion = Fusion(proposed, hits, hits.full, worth, kept)
        ranked = fusion.ranked()
        likely = ranked[: query.budget.at_once]
        unlike = _doubtful(likely)
        if not unlike:
            return await self._read(snapshot, query, ranked)
        ids = [one.id for one in likely]
        records, cosines = await self._fetch(snapshot, query, ids, unlike)
        ranked = fusion.ranked(cosines)
        return await self._read(snapshot, query, ranked, {id: records.get(id) for id in ids})

    async def _fetch(
        self, snapshot: IndexSnapshot, query: Query, ids: Sequence[str], unlike: Sequence[str]
    ) -> tuple[Mapping[str, Record], Mapping[str, float]]:
        """The records of some chunks, and at the same time how like the question others are."""
        if not unlike:
            return await self._index.fetch(snapshot, ids), {}
        asking = self._likeness.cosines(snapshot, query.vector, unlike)
        async with alongside(asking) as asked:
            return await self._index.fetch(snapshot, ids, unlike), await asked

    async def _read(
        self,
        snapshot: IndexSnapshot,
        query: Query,
        ranked: Sequence[Candidate],
        there: Mapping[str, Record | None] = _NOTHING,
    ) -> tuple[list[Passage], bool]:
        """The best candidates that there is room for; no more are read.

        Also whether all of those that were proposed by their vectors do hold. `there`: what
        has been asked for already, None where it does not hold.
        """
        reading, is_whole, is_full = Reading(query.once), True, False
        at = 0
        while at < len(ranked):
            part = list(takewhile(lambda one: one.id in there, ranked[at:]))
            records, cosines = there, _NONE
            if not part:
                part = list(ranked[at : at + query.budget.at_once])
                ids = [one.id for one in part]
                records, cosines = await self._fetch(snapshot, query, ids, _doubtful(part))
            at += len(part)
            for one in part:
                if (record := records.get(one.id)) is not None:
                    reading.add(Passage(_with_cosine(one, cosines), record), is_full=is_full)
                    is_full = is_full or query.budget.is_used_up(reading.lengths)
                elif _is_proposed(one):
                    is_whole = False
            if is_full:
                break
        return reading.passages, is_whole


def _doubtful(candidates: Sequence[Candidate]) -> list[str]:
    """Those that only the lexical index has told of, which may be behind."""
    return [one.id for one in candidates if one.dense is None]


def _is_proposed(candidate: Candidate) -> bool:
    return candidate.dense is not None and candidate.dense.rank is not None


def _with_cosine(candidate: Candidate, cosines: Mapping[str, float]) -> Candidate:
    cosine = cosines.get(candidate.id)
    return candidate if cosine is None else replace(candidate, dense=Place(None, cosine))


def _nearest(records: Sequence[Record]) -> float:
    return 1.0 - records[0].distance if records else 0.0


def _margin(records: Sequence[Record]) -> float | None:
    return records[-1].distance - records[0].distance if len(records) == CANDIDATES else None


def _near(records: Sequence[Record]) -> list[Hit]:
    return [Hit(record.id, 1.0 - record.distance) for record in records]
