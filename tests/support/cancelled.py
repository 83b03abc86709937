"""Work that is cancelled somewhere on its way."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def cancelled_after(steps: int, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
    """Do so many turns of the work, cancel it and wait for its end.

    A cancellation that met it under way must not have been lost.
    """
    doing = asyncio.create_task(work)
    for _ in range(steps):
        await asyncio.sleep(0)
    is_under_way = doing.cancel()
    await asyncio.wait({doing})
    assert doing.cancelled() or not is_under_way
    return doing
