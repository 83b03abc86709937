"""A value that is built when it is first needed, once."""

import asyncio
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Lazy(Generic[T]):
    """Builds its value in the thread that first asks for it; `load` belongs to one event loop."""

    def __init__(self, build: Callable[[], T]) -> None:
        self._build = build
        self._values: list[T] = []
        self._building = threading.Lock()
        self._loading = asyncio.Lock()

    @property
    def is_built(self) -> bool:
        """Whether `get` will return at once."""
        return bool(self._values)

    def get(self) -> T:
        """The value; blocks while it is built. Raises what building it raises."""
        if not self._values:
            with self._building:
                if not self._values:
                    self._values.append(self._build())
        return self._values[0]

    async def load(self) -> T:
        """The value; built in another thread, so that the event loop goes on meanwhile."""
        if not self._values:
            # However many wait, one thread of asyncio's few is taken.
            async with self._loading:
                if not self._values:
                    await asyncio.to_thread(self.get)
        return self._values[0]
