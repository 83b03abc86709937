"""Who is next, among those of one worker: first come, first served, for each name."""

import asyncio
from collections.abc import Callable, Hashable


class Place:
    """The first place of a queue, until it is left; leaving twice is leaving once."""

    def __init__(self, on_leave: Callable[[], None]) -> None:
        self._on_leave: Callable[[], None] | None = on_leave

    def leave(self) -> None:
        on_leave, self._on_leave = self._on_leave, None
        if on_leave is not None:
            on_leave()


class Queues:
    """A queue for each name that anybody waits or has a place for."""

    def __init__(self) -> None:
        self._locks: dict[Hashable, asyncio.Lock] = {}
        self._counts: dict[Hashable, int] = {}

    def __len__(self) -> int:
        return len(self._locks)

    async def enter(self, name: Hashable) -> Place:
        """Wait until all that came before have left."""
        lock = self._locks.setdefault(name, asyncio.Lock())
        self._counts[name] = self._counts.get(name, 0) + 1
        try:
            await lock.acquire()
        except BaseException:
            self._gone(name)
            raise

        def leave() -> None:
            lock.release()
            self._gone(name)

        return Place(leave)

    def _gone(self, name: Hashable) -> None:
        self._counts[name] -= 1
        if not self._counts[name]:
            del self._counts[name], self._locks[name]
