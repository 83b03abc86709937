"""The documents that the index holds, and the text around a chunk of one."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from rag_stream.errors import IndexMovedError
from rag_stream.index.client import Record
from rag_stream.index.generation import INGESTED, describe
from rag_stream.index.neighbours import in_order
from rag_stream.index.reader import IndexReader, gone_is_moved
from rag_stream.index.snapshot import IndexSnapshot

MOST_CHUNKS = 20_000
"""Of a document that are looked at, its first ones."""
MOST_AROUND = 100
"""Chunks on either side of one: where they do not say where they begin, nothing else ends it."""
_PAGE = 1_000
_ATTEMPTS = 5
WAIT_S = 1.0
_REST_SHARE = 10
"""While the index goes on changing, the list is made anew with a tenth of the time."""


class Listed(NamedTuple):
    """A document: where it is from, how many chunks it has, the public metadata of its first.

    `ingested`: when a chunk of it was written last; None: by a version that did not say.
    """

    source: str
    chunks: int
    first: str
    metadata: Mapping[str, Any]
    ingested: str | None = None

    @property
    def title(self) -> str:
        return str(self.metadata.get("title") or "")


@dataclass(frozen=True, slots=True)
class Around:
    """A chunk among its neighbours.

    `records`: in order, `chunk` one of them. `number`: which of `count` it is, from 1.
    `before`, `after`: the ids of the chunks at which the parts beside this one are shown.
    """

    chunk: Record
    records: list[Record]
    number: int
    count: int
    before: str | None
    after: str | None


class DocumentList:
    """All documents of the index, by name; made when asked for, once a generation.

    It is read in pages without the texts; all who ask meanwhile wait for the same. Belongs to
    one event loop.
    """

    def __init__(self, index: IndexReader) -> None:
        self._index = index
        self._of: IndexSnapshot | None = None
        self._documents: list[Listed] = []
        self._next = 0.0
        self._making: asyncio.Task[None] | None = None

    async def all(self) -> list[Listed]:
        """Raises IndexEmptyError, IndexUnavailableError."""
        snapshot = await self._index.snapshot()
        is_same = self._of is not None and self._of.collection.id == snapshot.collection.id
        if self._of != snapshot and not (is_same and time.monotonic() < self._next):
            if self._making is None:
                self._making = asyncio.create_task(self._make(snapshot))
                self._making.add_done_callback(self._made)
            if is_same:  # the old list goes on where the new one takes long
                await asyncio.wait({self._making}, timeout=WAIT_S)
            else:
                await asyncio.shield(self._making)
        return self._documents

    def is_of(self, snapshot: IndexSnapshot) -> bool:
        """Whether the list that was made last is of it."""
        return self._of == snapshot

    async def aclose(self) -> None:
        if self._making is not None:
            self._making.cancel()
            await asyncio.wait({self._making})

    def _made(self, task: asyncio.Task[None]) -> None:
        self._making = None
        if not task.cancelled():
            task.exception()  # it is for those who wait; perhaps all of them have left

    async def _make(self, snapshot: IndexSnapshot) -> None:
        began = time.monotonic()
        found: dict[str, list[Record]] = {}
        counts: dict[str, int] = {}
        ingested: dict[str, str] = {}
        client, offset = await self._index.client(), 0
        while True:
            with gone_is_moved(snapshot):
                page = await client.get(
                    snapshot.collection, texts=False, limit=_PAGE, offset=offset
                )
            for record in filter(snapshot.holds, page):
                source = _source(record)
                counts[source] = counts.get(source, 0) + 1
                when = str(record.metadata.get(INGESTED, ""))
                ingested[source] = max(when, ingested.get(source, ""))
                # The first of those that were met, and only that, is kept.
                found[source] = in_order([*found.get(source, ()), record])[:1]
            if len(page) < _PAGE:
                break
            offset += _PAGE
        self._documents = [
            Listed(
                source, counts[source], first.id, dict(describe(first)), ingested[source] or None
            )
            for source, [first] in sorted(found.items())
        ]
        self._of, now = snapshot, time.monotonic()
        self._next = now + _REST_SHARE * (now - began)


async def first_chunks(index: IndexReader, source: str, most: int) -> list[Record]:
    """About the first chunks of a document, without their texts.

    Raises IndexEmptyError, IndexUnavailableError.
    """
    snapshot = await index.snapshot()
    with gone_is_moved(snapshot):
        row = await (await index.client()).get(
            snapshot.collection, {"source": source}, texts=False, limit=most
        )
    return in_order(filter(snapshot.holds, row))


async def around(index: IndexReader, id: str, most: int) -> Around | None:
    """The chunk of that id with about `most` characters of its document; None: there is none.

    Raises IndexEmptyError, IndexUnavailableError.
    """
    for attempt in range(_ATTEMPTS):
        try:
            return await _around(index, await index.snapshot(), id, most)
        except IndexMovedError:
            if attempt + 1 == _ATTEMPTS:
                raise
    return None


async def _around(index: IndexReader, snapshot: IndexSnapshot, id: str, most: int) -> Around | None:
    chunk = (await index.fetch(snapshot, [id])).get(id)
    if chunk is None:
        return None
    with gone_is_moved(snapshot):
        row = await (await index.client()).get(
            snapshot.collection, {"source": _source(chunk)}, texts=False, limit=MOST_CHUNKS
        )
    ordered = in_order(filter(snapshot.holds, row))
    ids = [record.id for record in ordered]
    if id not in ids:  # behind those, or of no source
        return Around(chunk, [chunk], 1, 1, None, None)
    at = ids.index(id)
    first, last = _window(ordered, at, most)
    records = await index.fetch(snapshot, ids[first : last + 1])
    before = ids[first - 1] if first else None
    after = ids[last + 1] if last + 1 < len(ids) else None
    return Around(chunk, in_order(records.values()), at + 1, len(ids), before, after)


def _window(ordered: list[Record], at: int, most: int) -> tuple[int, int]:
    """The first and the last chunk of about so many characters, half of them before `at`."""
    first = last = at
    while last + 1 < len(ordered) and _start(ordered[last + 1]) - _start(ordered[at]) < most // 2:
        last += 1
        if last - at == MOST_AROUND:
            break
    while first > 0 and _start(ordered[last]) - _start(ordered[first - 1]) < most:
        first -= 1
        if at - first == MOST_AROUND:
            break
    return first, last


def _start(record: Record) -> int:
    return int(record.metadata.get("start_index", 0))


def _source(record: Record) -> str:
    return str(record.metadata.get("source", ""))
