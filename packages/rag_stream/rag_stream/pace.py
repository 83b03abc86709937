"""How far an event loop is behind, and waiting accordingly before the next read.

Unloaded, every token goes out at once. When the loop falls behind, each stream reads later,
so that one read brings several tokens, and what every step costs by the read falls. The
socket's own buffer does the holding back: no task of ours stands between.
"""

import asyncio
from typing import ClassVar
from weakref import WeakKeyDictionary

INTERVAL_S = 0.02
MOST_S = 0.1
FACTOR = 8.0
QUIET_S = 0.002
"""Lag below this is noise: timers are no more exact."""


class Lag:
    """What a loop's late ticks say of its load; pure."""

    def __init__(self) -> None:
        self._late = (0.0, 0.0, 0.0)

    def tick(self, late_s: float) -> None:
        """Take note of how late a tick came, in seconds."""
        self._late = (*self._late[1:], late_s)

    @property
    def wait_s(self) -> float:
        """How long to wait before a read: 0 where the loop keeps up, else up to MOST_S."""
        # The least of the last three: one long step is no load, every tick late is.
        lag = min(self._late)
        return min(MOST_S, FACTOR * lag) if lag > QUIET_S else 0.0


class Pace:
    """The lag of one event loop, measured by a timer while anything reads."""

    _loops: ClassVar[WeakKeyDictionary[asyncio.AbstractEventLoop, "Pace"]] = WeakKeyDictionary()

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lag = Lag()
        self._due = 0.0
        self._ticking = False
        self._last_read = 0.0

    @classmethod
    def of_running_loop(cls) -> "Pace":
        loop = asyncio.get_running_loop()
        pace = cls._loops.get(loop)
        if pace is None:
            pace = cls._loops[loop] = cls(loop)
        return pace

    async def before_read(self) -> None:
        """Return at once where the loop keeps up, after up to 100 ms where it does not."""
        now = self._loop.time()
        self._last_read = now
        if not self._ticking:
            self._ticking = True
            self._schedule(now)
        if wait_s := self._lag.wait_s:
            await asyncio.sleep(wait_s)

    def _schedule(self, now: float) -> None:
        self._due = now + INTERVAL_S
        self._loop.call_at(self._due, self._tick)

    def _tick(self) -> None:
        now = self._loop.time()
        self._lag.tick(now - self._due)
        if now - self._last_read > 1.0:
            self._ticking, self._lag = False, Lag()
        else:
            self._schedule(now)
