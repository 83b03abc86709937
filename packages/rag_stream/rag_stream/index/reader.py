"""The index: a connection to its server, and searches over the chunks that hold."""

import asyncio
import logging
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from rag_stream.errors import IndexEmptyError, IndexMovedError, IndexUnavailableError
from rag_stream.filters import Filter, chroma_where
from rag_stream.index.calls import CollectionGoneError
from rag_stream.index.client import ChromaClient, Record
from rag_stream.index.generation import COMING
from rag_stream.index.server import ServerLease, acquire_server
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.lru import LRU
from rag_stream.settings import Settings

log = logging.getLogger(__name__)

INGEST_COMMAND = "python -m ingest --sample (or your own URLs, files and folders)"
RECENT_S = 0.25
"""How old a look at the index may be that a search starts from. What a search finds tells by
itself when the index has moved on; only the number of the generation could be this old."""
KNOWN_CHARS = 1_000_000
"""Of the texts of chunks that are remembered, all together."""
_WIDEST = 2_000


class IndexReader:
    """One collection, behind a Chroma server found, started or named by the settings.

    Connects on first use; belongs to one event loop; `aclose` gives everything back. The one
    place where the state of the index is looked up. Searches take the snapshot they are made
    in, and raise IndexMovedError where what they meet is of a later one.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: ChromaClient | None = None
        self._lease: ServerLease | None = None
        self._opening: asyncio.Task[ChromaClient] | None = None
        self._seen: IndexSnapshot | None = None
        self._seen_at = 0.0
        self._known_of: IndexSnapshot | None = None
        self._known: LRU[str, Record] = LRU(KNOWN_CHARS, lambda record: len(record.text))

    async def client(self) -> ChromaClient:
        """The connected client. Raises IndexUnavailableError."""
        if self._client is not None:
            return self._client
        if self._opening is None:
            self._opening = asyncio.create_task(self._open())
            # Its failure is for those who wait; perhaps all of them have left.
            self._opening.add_done_callback(lambda task: task.cancelled() or task.exception())
        # Whoever waits may give up; a lease that is being taken must not get lost.
        return await asyncio.shield(self._opening)

    async def _open(self) -> ChromaClient:
        try:
            self._client = await self._connect()
            return self._client
        finally:
            self._opening = None

    async def _connect(self) -> ChromaClient:
        settings = self._settings
        url = settings.chroma_url
        if url is None:
            self._lease = await asyncio.to_thread(acquire_server, settings.chroma_path)
            url = self._lease.url
        token = settings.chroma_token
        return ChromaClient(
            url,
            tenant=settings.chroma_tenant,
            database=settings.chroma_database,
            token=token.get_secret_value() if token else None,
            folder=None if settings.chroma_url else settings.chroma_path,
            use_proxies=settings.chroma_url is not None,
            connect_timeout_s=settings.connect_timeout_s,
        )

    async def aclose(self) -> None:
        self._seen = None
        if self._opening is not None:
            await asyncio.wait({self._opening})  # which, cancelled, leaves it be
        client, self._client = self._client, None
        lease, self._lease = self._lease, None
        if client is not None:
            await client.aclose()
        if lease is not None:
            lease.close()

    async def find(self, name: str | None = None) -> IndexSnapshot | None:
        """The index as it stands now, None before the first ingest. Raises IndexUnavailableError.

        `name`: of another collection. A folder's own server that has crashed is replaced
        here, once.
        """
        wanted = name or self._settings.collection
        client = await self.client()
        try:
            collection = await client.find(wanted)
        except IndexUnavailableError:
            if self._settings.chroma_url is not None:
                raise
            log.warning("the index server has gone; starting it again")
            if client is self._client:  # the first of several callers to notice
                await self.aclose()
            collection = await (await self.client()).find(wanted)
        snapshot = None if collection is None else IndexSnapshot.of(collection)
        if wanted == self._settings.collection:
            self._seen, self._seen_at = snapshot, time.monotonic()
        return snapshot

    async def snapshot(self) -> IndexSnapshot:
        """The index as readers see it now. Raises IndexEmptyError, IndexUnavailableError."""
        snapshot = await self.find()
        if snapshot is None:
            # A rebuild is between its two renames, or died there; unfinished, its generation is 0.
            coming = await self.find(f"{self._settings.collection}{COMING}")
            snapshot = coming or await self.find()
        if snapshot is None or snapshot.generation == 0:
            raise self.empty()
        return snapshot

    def recent(self) -> IndexSnapshot | None:
        """The snapshot that was taken last, None where that is too long ago.

        It spares a busy service one of two calls a question. A search may start from it:
        chunks of a later generation say so themselves, and a collection that was replaced
        is gone under its old id; both are an IndexMovedError.
        """
        is_recent = time.monotonic() - self._seen_at <= RECENT_S
        return self._seen if is_recent and self._seen and self._seen.generation else None

    @property
    def seen(self) -> IndexSnapshot | None:
        """The index as it was looked up last, however long ago; None: it was not there."""
        return self._seen

    def empty(self) -> IndexEmptyError:
        """The error to raise where nothing has been ingested."""
        return IndexEmptyError(
            f"the index {self._settings.collection!r} is empty: fill it with `{INGEST_COMMAND}`"
        )

    async def count(self, snapshot: IndexSnapshot) -> int:
        """How many chunks are stored; during an ingest, old and new ones of a source together."""
        with gone_is_moved(snapshot):
            return await (await self.client()).count(snapshot.collection)

    async def search(
        self,
        snapshot: IndexSnapshot,
        vector: Sequence[float],
        k: int,
        where: Filter | None = None,
        *,
        texts: bool = True,
    ) -> list[Record]:
        """The `k` chunks nearest to `vector` that hold, nearest first.

        Raises IndexMovedError, IndexUnavailableError.
        """
        width = k
        condition = None if where is None else chroma_where(where)
        while True:
            with gone_is_moved(snapshot):
                client = await self.client()
                found = await client.query(
                    snapshot.collection, vector, width, condition, texts=texts
                )
            visible = [record for record in found if snapshot.holds(record)]
            if len(found) < width or any(map(snapshot.is_moving, found)):
                await self._still(snapshot)
            if len(visible) >= k or len(found) < width or width >= _WIDEST:
                return visible[:k]
            width = min(width * 4, _WIDEST)  # chunks of a change under way took the places

    async def propose(
        self, snapshot: IndexSnapshot, vector: Sequence[float], n: int, where: Filter | None = None
    ) -> list[Record]:
        """The ids of the `n` chunks nearest to `vector`, in half the time of `search`.

        Whether they hold is for `fetch` to tell. Raises IndexMovedError where the collection
        was replaced, IndexUnavailableError.
        """
        condition = None if where is None else chroma_where(where)
        with gone_is_moved(snapshot):
            client = await self.client()
            return await client.query(
                snapshot.collection, vector, n, condition, texts=False, metadatas=False
            )

    async def fetch(
        self, snapshot: IndexSnapshot, ids: Sequence[str], doubtful: Collection[str] = ()
    ) -> dict[str, Record]:
        """Those of these chunks that hold, by id. Raises IndexMovedError, IndexUnavailableError.

        Those fetched last are remembered: within a generation they stay as they are. What is
        `doubtful`, because nothing has just been heard of it from the index, is looked up.
        """
        if snapshot != self._known_of:
            self._known_of = snapshot
            self._known.clear()
        found = {id: record for id in ids if id not in doubtful and (record := self._known.get(id))}
        missing = [id for id in ids if id not in found]
        if missing:
            with gone_is_moved(snapshot):
                records = await (await self.client()).get(snapshot.collection, ids=missing)
            if len(records) < len(missing) or any(map(snapshot.is_moving, records)):
                await self._still(snapshot)
            for record in filter(snapshot.holds, records):
                found[record.id] = record
                if snapshot == self._known_of:  # another question may have moved it on
                    self._known.put(record.id, record)
        return found

    async def _still(self, snapshot: IndexSnapshot) -> None:
        """Raise IndexMovedError unless the index is still as in the snapshot."""
        if await self.snapshot() != snapshot:
            raise _moved(snapshot)


@contextmanager
def gone_is_moved(snapshot: IndexSnapshot) -> Iterator[None]:
    """A collection that has gone under its id is one that was replaced: IndexMovedError."""
    try:
        yield
    except CollectionGoneError as error:
        raise _moved(snapshot) from error


def _moved(snapshot: IndexSnapshot) -> IndexMovedError:
    return IndexMovedError(
        f"the index {snapshot.collection.name!r} has moved on from generation "
        f"{snapshot.generation} while it was read"
    )
