"""The program that goes over an index after its server came back: is every chunk found?

`python -P -m rag_stream.indexing.mend PATH PORT WHICH`: of all chunks after a crash (`all`), else
of those that the server has just added from its log (JSON: collections' ids, and the change
after which they were added). `index/server_process.py` starts it, and
after a crash lets nobody in before it says `ready`: when it is done, or has gone on for some
seconds, as it does with 5,000 chunks and more. Then it works beside the others, and writes
only when no ingest does.
"""

import asyncio
import json
import logging
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from rag_stream.errors import IndexBusyError, IndexUnavailableError
from rag_stream.index import checkpoint
from rag_stream.index.change_log import ChangeLog
from rag_stream.index.client import ChromaClient, Collection
from rag_stream.index.generation import COMING
from rag_stream.indexing.findable import FEW, connect, lost, pages, regrow
from rag_stream.indexing.lease import lease
from rag_stream.indexing.swap import restore

log = logging.getLogger(__name__)

ALONE_S = 5.0
REPLAY_S = 600.0
"""The longest wait for the server to add its log to a graph; 1,000 chunks take it a second."""
_POLL_S = 1.0
_PAGE = 500


class Mender:
    """Goes over the indexes of one folder, whose server listens on `port`."""

    def __init__(self, folder: Path, port: int, behind: dict[str, int] | None) -> None:
        """`behind`: the change since which chunks were added, by collection; None: look for all."""
        self._folder = folder
        self._url = f"http://127.0.0.1:{port}"
        self._behind = behind
        self._is_ready = False
        self._alone_until = 0.0

    async def run(self) -> None:
        """Raises IndexUnavailableError, sqlite3.Error."""
        with ChangeLog.open(self._folder) as changes:
            places = changes.collections()
        async with AsyncExitStack() as opened:
            indexes = []
            for tenant, database, name in places:
                client = ChromaClient(self._url, tenant=tenant, database=database)
                opened.push_async_callback(client.aclose)
                if self._behind is None and name.endswith((COMING, ".old")):
                    await restore(client, name[:-4])
                    name = name if await client.find(name) else name[:-4]
                collection = await client.find(name)
                if collection is None or not await _has_caught_up(client, collection):
                    continue
                if collection.metadata.get("generation"):
                    indexes.append((client, collection))
            if self._behind is None:
                # What was added from the log need not be added again after the next crash.
                checkpoint.take(self._folder, settled_s=0)
            self._alone_until = time.monotonic() + ALONE_S
            for client, collection in indexes:
                await self._mend(client, collection)

    def ready(self) -> None:
        """Let the others in."""
        if not self._is_ready:
            print("ready", flush=True)
        self._is_ready = True

    async def _mend(self, client: ChromaClient, collection: Collection) -> None:
        missing = await self._missing(client, collection, self._behind)
        if not missing:
            return
        log.info("%s: %d chunks were not found by their vectors", collection.name, len(missing))
        async with self._right_to_write(client, collection.name):
            if await client.count(collection) > FEW:
                await connect(client, collection, missing)
                missing = await self._missing(client, collection, None)
            # Again from the name: a rebuild may have put another one there.
            now = await client.find(collection.name)
            if missing and now is not None:
                await regrow(client, now)

    async def _missing(
        self, client: ChromaClient, collection: Collection, behind: dict[str, int] | None
    ) -> list[str]:
        missing: list[str] = []
        if behind is None:
            async for page in pages(client, collection):
                self._look_at_the_clock()
                missing += await lost(client, collection, page)
            return missing
        with ChangeLog.open(self._folder) as changes:
            change = behind.get(collection.id)
            ids = [] if change is None else changes.ids_since(collection.id, change)
        for at in range(0, len(ids), _PAGE):
            part = ids[at : at + _PAGE]
            page = await client.get(collection, ids=part, texts=False, vectors=True)
            missing += await lost(client, collection, page)
        return missing

    def _look_at_the_clock(self) -> None:
        if time.monotonic() > self._alone_until:
            self.ready()

    @asynccontextmanager
    async def _right_to_write(self, client: ChromaClient, name: str) -> AsyncIterator[None]:
        if self._behind is None and not self._is_ready:
            yield  # nobody else is in
            return
        async with AsyncExitStack() as held:
            while True:
                try:
                    await held.enter_async_context(lease(client, name))
                    break
                except IndexBusyError:
                    await asyncio.sleep(_POLL_S)
            yield


async def _has_caught_up(client: ChromaClient, collection: Collection) -> bool:
    """Wait until the server has added its log to the graph, which it does when first asked."""
    deadline = time.monotonic() + REPLAY_S
    while True:
        try:
            await client.count(collection)
        except IndexUnavailableError as error:
            # A call has its limit, and the server goes on.
            if isinstance(error.__cause__, TimeoutError) and time.monotonic() < deadline:
                continue
            log.warning("%s cannot be read: %s", collection.name, error.__cause__)
            return False
        return True


def main() -> int:
    """Returns the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    folder, port, which = sys.argv[1:4]
    mender = Mender(Path(folder), int(port), None if which == "all" else json.loads(which))
    try:
        asyncio.run(mender.run())
    except IndexUnavailableError as error:  # the server has ended
        log.warning("not all chunks were looked for: %s", error)
        return 1
    finally:
        mender.ready()
    log.info("every chunk was looked for")
    return 0


if __name__ == "__main__":
    sys.exit(main())
