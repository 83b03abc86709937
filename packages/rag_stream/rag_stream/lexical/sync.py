"""Bringing a lexical index in step with the index it is derived from.

A source is the unit of change: when any of its chunks came or went, all of them are
written anew, because their neighbours' texts are part of each.

Chunks that came say so themselves (`since`). Those that went leave no trace, so the
numbers are compared, and only where they differ all ids. Reading takes several calls and
a writer may be at work meanwhile. That never leads astray for long: what is touched by a
later generation is read again with that, and the mark says `complete` only when the
numbers agree, so that a doubtful one is looked at again.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import ParamSpec, TypeVar

from rag_stream.index.client import ChromaClient, Record
from rag_stream.index.generation import LABELLED
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.lexical.fields import key_of, of_source, source_of
from rag_stream.lexical.snapshot import Mark, Snapshot
from rag_stream.lexical.store import LexicalStore
from rag_stream.lexical.writer import Writer

PAGE = 1_000
IDS_PAGE = 20_000
MOST_MOVING = 20_000
"""With more changes than this an index is made anew; reading them one by one took longer."""
SOURCES_AT_ONCE = 100
READ_AT_ONCE = 500
DEAD_SHARE = 0.25
"""Replaced chunks weigh in the scores until an index is made anew; this many may."""
_FEW = 8

P = ParamSpec("P")
T = TypeVar("T")


async def bring_in_step(
    client: ChromaClient, snapshot: IndexSnapshot, store: LexicalStore, *, anew: bool = False
) -> None:
    """Make the store stand for this snapshot; the caller is the only one to write to it.

    Raises LexicalDamagedError, IndexUnavailableError, CollectionGoneError.
    """
    view = None if anew else await in_thread(store.refresh)
    if view is None or view.mark.generation > snapshot.generation or _is_worn(view):
        await _make(client, snapshot, store)
    elif view.mark.generation < snapshot.generation or not view.mark.complete:
        await _update(client, snapshot, store, view)


async def in_thread(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run in a thread what blocks, and see it ended, even where the waiting is cancelled."""
    running = asyncio.ensure_future(asyncio.to_thread(call, *args, **kwargs))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running})
        if not running.cancelled():
            running.exception()  # looked at; the cancelling counts
        raise


def _is_worn(view: Snapshot) -> bool:
    return view.mark.written > (1 + DEAD_SHARE) * view.count + _FEW


async def _make(client: ChromaClient, snapshot: IndexSnapshot, store: LexicalStore) -> None:
    collection = snapshot.collection
    before = await client.count(collection)
    listed = held = offset = 0
    waiting: dict[str, list[Record]] = {}
    done: dict[str, int] = {}
    again: set[str] = set()
    writer = await in_thread(store.begin, anew=True, name=collection.name)
    try:
        while page := await client.get(collection, limit=PAGE, offset=offset):
            offset += PAGE
            listed += len(page)
            records = [record for record in page if snapshot.holds(record)]
            held += len(records)
            # Most sources lie in one piece. What has come to its end is written and let go;
            # what goes on further behind, having been changed, is read as a whole later.
            here = _by_source(records)
            again |= here.keys() & done
            finished = {name: waiting.pop(name) for name in waiting.keys() - here.keys()}
            for name in here.keys() - done:
                waiting.setdefault(name, []).extend(here[name])
            done.update((name, len(chunks)) for name, chunks in finished.items())
            await in_thread(_write, writer, finished)
        await in_thread(_write, writer, waiting)
        live = writer.written - sum(done[name] for name in again)
        live += len(await _rewrite(client, snapshot, writer, again))
        after = await client.count(collection)
        complete = before == listed == after and live == held
        await in_thread(writer.commit, Mark(snapshot.generation, complete, writer.written))
    except BaseException:
        await in_thread(writer.abandon)
        raise


async def _update(
    client: ChromaClient, snapshot: IndexSnapshot, store: LexicalStore, view: Snapshot
) -> None:
    collection, known = snapshot.collection, view.mark.generation
    before = await client.count(collection)
    clauses = [{"since": {"$gt": known}}, {"until": {"$gt": 0}}, {LABELLED: {"$gt": known}}]
    moving = await client.get(collection, {"$or": clauses}, texts=False, limit=MOST_MOVING)
    if len(moving) == MOST_MOVING:
        return await _make(client, snapshot, store)
    after = await client.count(collection)
    absent = {record.id for record in moving if not snapshot.holds(record)}
    changed = {source_of(record) for record in moving if _has_changed(record, snapshot, known)}
    writer = await in_thread(store.begin, anew=False)
    try:
        rewritten = await _rewrite(client, snapshot, writer, changed)
        live = view.count - _counted(view, changed) + len(rewritten)
        if live != after - len(absent):
            others = await _others(client, snapshot, view, absent, changed, rewritten)
            others -= changed
            live += len(await _rewrite(client, snapshot, writer, others)) - _counted(view, others)
        complete = before == after and live == after - len(absent)
        # The mark itself is a document, too, and so are those before it.
        mark = Mark(snapshot.generation, complete, view.mark.written + writer.written + 1)
        await in_thread(writer.commit, mark)
    except BaseException:
        await in_thread(writer.abandon)
        raise


def _has_changed(record: Record, snapshot: IndexSnapshot, known: int) -> bool:
    """Whether a chunk that is or was moving makes its source differ from generation `known`."""
    if snapshot.holds(record):
        newest = max(int(record.metadata.get(key, 0)) for key in ("since", LABELLED))
        return newest > known
    return int(record.metadata.get("since", 0)) <= snapshot.generation  # it has ended


def _counted(view: Snapshot, sources: Iterable[str]) -> int:
    return sum(view.count_of(source) for source in sources)


async def _rewrite(
    client: ChromaClient, snapshot: IndexSnapshot, writer: Writer, sources: Iterable[str]
) -> set[int]:
    """Write these sources as they stand now; returns the keys of their chunks."""
    keys: set[int] = set()
    for some in _batches(sorted(sources), SOURCES_AT_ONCE):
        found = await client.get(snapshot.collection, {"source": {"$in": some}})
        records = [record for record in found if snapshot.holds(record)]
        for source in some:
            await in_thread(writer.remove, source)
        await in_thread(_write, writer, _by_source(records))
        keys.update(key_of(record.id) for record in records)
    return keys


async def _others(
    client: ChromaClient,
    snapshot: IndexSnapshot,
    view: Snapshot,
    absent: set[str],
    changed: set[str],
    rewritten: set[int],
) -> set[str]:
    """The sources, besides those changed, whose chunks are not the ones that are stored."""
    theirs: dict[int, str] = {}
    offset = 0
    while page := await client.ids(snapshot.collection, limit=IDS_PAGE, offset=offset):
        offset += IDS_PAGE
        theirs.update((key_of(id), id) for id in page if id not in absent)
    ours = await in_thread(view.keys)
    for source in changed:
        for key in view.keys(of_source(source)):
            ours.pop(key, None)
    missing = theirs.keys() - ours.keys() - rewritten
    found = {view.source(ours[key]) for key in ours.keys() - theirs.keys()}
    for ids in _batches([theirs[key] for key in missing], READ_AT_ONCE):
        records = await client.get(snapshot.collection, ids=ids, texts=False)
        found.update(map(source_of, records))
    return found


def _write(writer: Writer, sources: Mapping[str, Sequence[Record]]) -> None:
    for chunks in sources.values():
        writer.add(chunks)


def _by_source(records: Iterable[Record]) -> dict[str, list[Record]]:
    sources: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        sources[source_of(record)].append(record)
    return dict(sources)


def _batches(items: Sequence[str], size: int) -> Iterator[list[str]]:
    return (list(items[at : at + size]) for at in range(0, len(items), size))
