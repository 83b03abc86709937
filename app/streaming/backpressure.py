"""How far a run may be ahead of the reader of its log or its events.

Those come through a queue without bounds: unchecked, a model's whole answer would pile up
there for a reader who is slow. The model is held back instead, as it is on a plain stream.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, TypeVar, cast

from langchain_core.runnables import Runnable, RunnableConfig

from rag_stream.chunks import is_of_answer

MOST_AHEAD = 64 * 1024
"""Characters of the answer, with as much for each chunk as its wrapping costs."""
_WRAPPING = 256

T = TypeVar("T")


class ReadAhead:
    """Between one run and one reader in the same event loop."""

    def __init__(self) -> None:
        self.is_answering = False
        """Whether the model has accepted the question: the run's answer has begun."""
        self._ahead = 0
        self._reader_waits = asyncio.Event()

    async def enter(self, chunk: Any) -> None:
        """For the run: wait, if the reader has much to read yet, before handing on a chunk."""
        if self._reader_waits.is_set():
            self._ahead = 0
        if self._ahead > MOST_AHEAD:
            await self._reader_waits.wait()
            self._ahead = 0
        values = chunk.values() if isinstance(chunk, dict) else [chunk]
        self._ahead += _WRAPPING + sum(len(value) for value in values if isinstance(value, str))

    async def read(self, items: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
        """For the reader: the same items; who asks for one and has to wait has read them all."""
        async with aclosing(items):
            while True:
                self._reader_waits.set()
                try:
                    item = await anext(items)
                except StopAsyncIteration:
                    return
                finally:
                    self._reader_waits.clear()
                yield item


class Throttled(Runnable[Any, Any]):
    """A runnable whose chunks wait for their reader; nothing else of it changes."""

    def __init__(self, runnable: Runnable[Any, Any], read_ahead: ReadAhead) -> None:
        self._runnable = runnable
        self._read_ahead = read_ahead

    def invoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        raise TypeError("what is restrained only streams: expected astream")

    async def astream(
        self, input: Any, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncGenerator[Any, None]:
        chunks = cast(AsyncGenerator[Any, None], self._runnable.astream(input, config, **kwargs))
        async with aclosing(chunks):
            async for chunk in chunks:
                if is_of_answer(chunk):
                    self._read_ahead.is_answering = True
                await self._read_ahead.enter(chunk)
                yield chunk
