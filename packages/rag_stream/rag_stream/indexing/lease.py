"""One ingest at a time on a collection, wherever the others run.

Chroma has no locks, but creating a collection of a name succeeds once: the lease is a
small collection beside the index, with its holder and the time it runs out. Its holder
renews it; one whose holder has died runs out, or is taken over at once where the holder
was a process of this machine.
"""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from rag_stream.errors import IndexBusyError, IndexUnavailableError
from rag_stream.index.client import ChromaClient, Collection

TERM_S = 60.0
RENEW_S = 15.0


@asynccontextmanager
async def lease(client: ChromaClient, index: str) -> AsyncIterator[None]:
    """Hold the right to write to the index. Raises IndexBusyError where another run has it."""
    held = await _take(client, f"{index}.ingest")
    renewing = asyncio.create_task(_renew(client, held))
    try:
        yield
    finally:
        renewing.cancel()
        with suppress(IndexUnavailableError):  # it runs out by itself
            await client.drop(held.name)


async def _take(client: ChromaClient, name: str) -> Collection:
    for _ in range(3):
        if created := await client.create(name, _claim()):
            return created
        holder = await client.find(name)
        if holder is None:
            continue
        who = str(holder.metadata.get("holder", "unknown"))
        if float(holder.metadata.get("expires", 0)) > time.time() and not _is_dead(who):
            raise IndexBusyError(
                f"another ingest is writing to this index (process {who}): "
                "expected one at a time, try again when it is done"
            )
        await client.drop(name)
    raise IndexBusyError("another ingest has just started on this index: try again")


async def _renew(client: ChromaClient, held: Collection) -> None:
    while True:
        await asyncio.sleep(RENEW_S)
        with suppress(IndexUnavailableError):  # the writes will notice it themselves
            await client.set_metadata(held, _claim())


def _claim() -> dict[str, str | float]:
    return {"holder": f"{os.getpid()}@{socket.gethostname()}", "expires": time.time() + TERM_S}


def _is_dead(holder: str) -> bool:
    """Whether the holder was a process of this machine that is no more."""
    pid, _, host = holder.partition("@")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
