"""Sources under other names: the same texts, each change atomic, hardly anything embedded.

As in `sync.py` the chunks of the new name are laid down beside those of the old one, and the
generation's number makes both changes count in one call: who dies in between leaves the old.
Vectors stay, but where they lean on the name: that of a document without a title stands for
one (`text/labels.py`), and is all that is embedded.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from rag_stream.index.client import ChromaClient, Record
from rag_stream.index.generation import ROOT
from rag_stream.indexing.commits import Commits
from rag_stream.indexing.diff import chunk_id
from rag_stream.indexing.findable import lost_of, make_found
from rag_stream.indexing.smoothing import Smoother
from rag_stream.indexing.sync import EMBED_BATCH
from rag_stream.models.factory import Embedder
from rag_stream.text.labels import standing

PAGE = 1_000
"""Chunks that are held with their vectors, and about as many as one change is of: a source is
never in two, however many it has."""
_NAMES = 100
_SPARE = "#moving"
"""Ends the name that a source has for a moment where several trade theirs in a circle; no
address ends so, nor a file of a kind that is read."""


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


def called(metadata: Mapping[str, Any], source: str) -> dict[str, Any]:
    """What a chunk says when its source is called so: a title that was only the name follows."""
    was, title = str(metadata["source"]), metadata.get("title")
    is_name = title is not None and title in (was, _only_name(was))
    return {**metadata, "source": source, **({"title": _only_name(source)} if is_name else {})}


def _only_name(source: str) -> str:
    """What a document without a title is called: a page as its address, a file as itself."""
    return source if "://" in source else PurePosixPath(source).name


def renamed(record: Record, move: Move) -> Record:
    """The chunk as one of the source's new name, with the vector of the old."""
    metadata = {**called(record.metadata, move.source), **move.metadata}
    id = chunk_id(move.source, int(metadata["start_index"]), record.text)
    return replace(record, id=id, metadata=metadata)


async def rename(
    client: ChromaClient,
    commits: Commits,
    moves: Moves,
    embedder: Embedder,
    *,
    page: int = PAGE,
) -> list[str]:
    """Give sources other names; returns those of them that were there.

    Where the new name is a source already that keeps it, or several get one, the others are
    taken out. One that keeps its name is told its root. The caller holds the index's lease.
    Raises EmbeddingFailedError, WeightsError, IndexUnavailableError; each source then has its
    old name or its new one, or the spare one of `in_order`.
    """
    renaming = _Renaming(client, commits, embedder, page)
    done: set[str] = set()
    for together in in_order(moves):
        names = list(together)
        for at in range(0, len(names), _NAMES):
            done.update(
                await renaming.take({old: together[old] for old in names[at : at + _NAMES]})
            )
        await renaming.change()
    return [old for old in moves if old in done]


def in_order(moves: Moves) -> Iterator[Moves]:
    """The same moves in rounds: to no name before the source that has it has got another one.

    Where that goes in a circle, one of its sources goes by a spare name.
    """
    left = dict(moves)
    while left:
        leaving = {old for old, move in left.items() if move.source != old}
        free = {
            old: move
            for old, move in left.items()
            if old not in leaving or move.source not in leaving
        }
        if not free:  # each leads to another of them
            seen: set[str] = set()
            name = next(iter(left))
            while name not in seen:
                seen.add(name)
                name = left[name].source
            free = {name: replace(left[name], source=name + _SPARE)}
            left[name + _SPARE] = left[name]
        yield free
        for old in free:
            del left[old]


class _Renaming:
    """Gathers sources until they are worth a change of the index."""

    def __init__(
        self, client: ChromaClient, commits: Commits, embedder: Embedder, page: int
    ) -> None:
        self._client = client
        self._commits = commits
        self._headings = commits.recipe.headings
        self._smoother = Smoother(embedder, commits.recipe.weights, commits.recipe.headings)
        self._page = page
        self._copied: dict[str, Move] = {}
        self._retired: dict[str, list[str]] = {}

    async def take(self, moves: Moves) -> list[str]:
        """Rename these sooner or later; returns those of them that are there."""
        wanted = {*moves, *(move.source for move in moves.values())}
        if wanted & {*self._retired, *(move.source for move in self._copied.values())}:
            await self.change()  # they are to be seen as they will be
        here = await self._ids(sorted(wanted))
        new: set[str] = set()
        for old, move in moves.items():
            if old not in here:
                continue
            if move.source == old:
                collection = self._commits.state.collection
                await self._client.update_metadata(collection, here[old], move.metadata)
                continue
            if move.source not in here and move.source not in new:
                new.add(move.source)
                self._copied[old] = move
            self._retired[old] = here[old]
            if sum(map(len, self._retired.values())) >= self._page:
                await self.change()
        return [old for old in moves if old in here]

    async def change(self) -> None:
        """Let what was gathered count, all of it at once."""
        copied, gone = self._copied, self._retired
        self._copied, self._retired = {}, {}
        if not gone:
            return
        client, commits = self._client, self._commits
        collection, coming = commits.state.collection, commits.state.generation + 1
        retired = [id for ids in gone.values() for id in ids]
        try:
            laid = await self._lay([id for old in copied for id in gone[old]], copied, coming)
            await client.update_metadata(collection, retired, {"until": coming})
            await commits.commit(coming)
        except BaseException:
            # Nobody has seen any of it. What cannot be undone now, the next run undoes.
            await commits.recover()
            raise
        await client.delete(collection, retired)
        await self._see_found(laid)

    async def _lay(self, ids: Sequence[str], copied: Moves, coming: int) -> list[str]:
        """Lay these chunks down under their sources' new names; returns the ids they have there."""
        collection = self._commits.state.collection
        laid: list[str] = []
        for start in range(0, len(ids), self._page):
            part = ids[start : start + self._page]
            found = await self._client.get(collection, ids=part, vectors=True)
            records = [renamed(record, copied[str(record.metadata["source"])]) for record in found]
            moved = await self._leaning(found, records)
            whole = [
                replace(r, metadata={**r.metadata, "since": coming, "until": 0}) for r in moved
            ]
            await self._client.upsert(collection, whole)
            laid += [record.id for record in whole]
        return laid

    async def _leaning(self, before: Sequence[Record], after: Sequence[Record]) -> list[Record]:
        """The chunks with vectors that lean on what they stand below from now on."""
        made = list(after)
        if self._headings is None:
            return made
        told = partial(standing, leads=self._headings.lead > 0)
        pairs = [(told(b.metadata), told(a.metadata)) for b, a in zip(before, after, strict=True)]
        others = [at for at, (was, now) in enumerate(pairs) if was != now]
        for start in range(0, len(others), EMBED_BATCH):
            part = others[start : start + EMBED_BATCH]
            was, now = zip(*(pairs[at] for at in part), strict=True)
            vectors = await self._smoother.moved([made[at].vector for at in part], was, now)
            for at, vector in zip(part, vectors, strict=True):
                made[at] = replace(made[at], vector=vector)
        return made

    async def _ids(self, sources: Sequence[str]) -> dict[str, list[str]]:
        """The ids of the chunks of those of these sources that are there."""
        state = self._commits.state
        where, offset = {"source": {"$in": sources}}, 0
        here: dict[str, list[str]] = {}
        while True:
            found = await self._client.get(
                state.collection, where, texts=False, limit=self._page, offset=offset
            )
            for record in filter(state.holds, found):
                here.setdefault(str(record.metadata["source"]), []).append(record.id)
            if len(found) < self._page:
                return here
            offset += self._page

    async def _see_found(self, ids: Sequence[str]) -> None:
        """Searches find them, too (`findable.py`)."""
        collection = self._commits.state.collection
        missing = await lost_of(self._client, collection, ids)
        if missing:
            await make_found(self._client, collection, missing)
            await self._commits.refresh()
