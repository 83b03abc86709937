"""The program that goes over an index after its server came back: is every chunk found?

`python -P -m rag_stream.indexing.mend PATH URL WHICH`: of all chunks (`all`), or of those that
the server has just added from its log (JSON: collections' ids, and the change after which they
were added). `index/upkeep.py` starts it, and after a crash lets nobody in before it says
`ready`: when it is done, or has gone on for some seconds, as it does with 5,000 chunks and
more. It works beside the others from then on, and writes only when no ingest does.
"""

import asyncio
import json
import logging
import os
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from rag_stream.errors import IndexBusyError, IndexUnavailableError
from rag_stream.index.calls import CollectionGoneError
from rag_stream.index.change_log import DAMAGES, ChangeLog
from rag_stream.index.client import ChromaClient, Collection
from rag_stream.indexing.findable import lost_of, lost_of_all, make_found
from rag_stream.indexing.lease import lease
from rag_stream.indexing.swap import index_of, restore

log = logging.getLogger(__name__)

ALONE_S = 5.0
REPLAY_S = 600.0
"""The longest wait for the server to add its log to a graph; 1,000 chunks take it a second."""
_POLL_S = 1.0


class Mender:
    """Goes over the indexes of one folder, whose server listens at `url`."""

    def __init__(self, folder: Path, url: str, behind: dict[str, int] | None) -> None:
        """`behind`: the change since which chunks were added, by collection; None: look for all."""
        self._folder = folder
        self._url = url
        self._behind = behind
        self._is_ready = False

    async def run(self) -> None:
        """Raises IndexUnavailableError, one of DAMAGES."""
        with ChangeLog.open(self._folder) as changes:
            places = changes.collections()
        async with AsyncExitStack() as opened:
            indexes = []
            for tenant, database, name in places:
                client = ChromaClient(self._url, tenant=tenant, database=database)
                opened.push_async_callback(client.aclose)
                collection = await client.find(name)
                # Only an index that counts; a dead rebuild's remains have no generation.
                if collection is None or not collection.metadata.get("generation"):
                    continue
                if await _has_caught_up(client, collection):
                    indexes.append((client, name))
            asyncio.get_running_loop().call_later(ALONE_S, self.ready)
            for client, name in indexes:
                await self._mend(client, name)

    def ready(self) -> None:
        """Let the others in."""
        if not self._is_ready:
            print("ready", flush=True)
        self._is_ready = True

    async def _mend(self, client: ChromaClient, name: str) -> None:
        missing: list[str] = []
        while collection := await client.find(name):
            try:
                missing = await self._missing(client, collection)
                break
            except CollectionGoneError:  # another has been put in its place
                continue
        index = index_of(name)
        if not missing and name == index:
            return
        if missing:
            log.info("%s: chunks are not found, %d of them", name, len(missing))
        async with _right_to_write(client, index):
            await restore(client, index)
            now = await client.find(index)
            # Not all of them need be there still: others were in, and have written.
            if now is not None and (missing := await lost_of(client, now, missing)):
                await make_found(client, now, missing, at_any_cost=True)

    async def _missing(self, client: ChromaClient, collection: Collection) -> list[str]:
        if self._behind is None:
            return await lost_of_all(client, collection)
        change = self._behind.get(collection.id)
        if change is None:
            return []
        with ChangeLog.open(self._folder) as changes:
            ids = changes.ids_since(collection.id, change)
        return await lost_of(client, collection, ids)


@asynccontextmanager
async def _right_to_write(client: ChromaClient, index: str) -> AsyncIterator[None]:
    """Wait until no ingest writes, and let none begin."""
    async with AsyncExitStack() as held:
        while True:
            try:
                await held.enter_async_context(lease(client, index))
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
    folder, url, which = sys.argv[1:4]
    threading.Thread(target=_end_with_parent, daemon=True).start()
    mender = Mender(Path(folder), url, None if which == "all" else json.loads(which))
    try:
        asyncio.run(mender.run())
    except (IndexUnavailableError, *DAMAGES) as error:  # such as the end of the server
        log.warning("not all chunks were looked for: %s", error)
        return 1
    finally:
        mender.ready()
    log.info("every chunk was looked for")
    return 0


def _end_with_parent() -> None:
    """Who follows a killed owner starts another mender; two would write at a time."""
    os.read(0, 1)  # not sys.stdin: its lock, held here, would be missed at our own end
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
