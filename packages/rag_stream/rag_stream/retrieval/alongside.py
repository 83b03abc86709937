"""Work that is done beside other work, and ends with it."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

T = TypeVar("T")


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
