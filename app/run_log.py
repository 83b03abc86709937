"""A run's log (`astream_log`) whose run ends when its reader leaves.

LangChain starts the run in a task and, when the reader leaves, waits for its end: the
model would go on for nobody, and whoever closes the log would wait for it.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, cast

from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.tracers import RunLogPatch


async def stream_log(
    runnable: Runnable[Any, Any], input: Any, config: RunnableConfig, **filters: Any
) -> AsyncGenerator[RunLogPatch, None]:
    """The patches of `runnable.astream_log`; closing this ends the run."""
    leash = _Leash(runnable)
    patches = cast(
        AsyncGenerator[RunLogPatch, None],
        leash.astream_log(input, config, diff=True, **filters),
    )
    reading: asyncio.Task[RunLogPatch | None] | None = None
    try:
        while True:
            # In a task of its own: a cancellation must come to us, not into LangChain's wait.
            reading = asyncio.create_task(_next(patches))
            await asyncio.wait({reading})
            patch = reading.result()
            if patch is None:
                return
            yield patch
    finally:
        leash.cut()
        if reading is not None:
            await asyncio.gather(reading, return_exceptions=True)
        await patches.aclose()


async def _next(patches: AsyncGenerator[RunLogPatch, None]) -> RunLogPatch | None:
    return await anext(patches, None)


class _Leash(Runnable[Any, Any]):
    """Passes a runnable's stream on, and can end it from outside."""

    def __init__(self, runnable: Runnable[Any, Any]) -> None:
        self._runnable = runnable
        self._run: asyncio.Task[Any] | None = None
        self._is_cut = False

    def invoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        raise TypeError("a leash only streams: expected astream or astream_log")

    async def astream(
        self, input: Any, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncGenerator[Any, None]:
        if self._is_cut:
            return
        self._run = asyncio.current_task()
        chunks = cast(AsyncGenerator[Any, None], self._runnable.astream(input, config, **kwargs))
        async with aclosing(chunks):
            async for chunk in chunks:
                yield chunk

    def cut(self) -> None:
        self._is_cut = True
        if self._run is not None:
            self._run.cancel()
