"""How far an event loop is behind, and waiting accordingly before the next read.

Unloaded, every token goes out at once. When the loop falls behind, each stream reads later,
so that one read brings several tokens, and what every step costs by the read falls. The
socket's own buffer does the holding back: no task of ours stands between.

The wait is a controller's: it grows while the loop is late and shrinks while it is not, and
so settles where the loop just keeps up. In proportion to the lag (8 x lag, what we had
before) it needs a lag of 12 ms to reach its 100 ms, and each of the dozen steps from a
question to its first token waits that long.
"""

import asyncio
from contextvars import Context
from typing import ClassVar, Protocol
from weakref import WeakKeyDictionary

INTERVAL_S = 0.02
MOST_S = 0.1
BEARABLE_S = 0.0012
"""Lag to settle at. Timers are exact to a millisecond: it cannot be much less."""
SMOOTHING = 0.2
"""What part of the mean a tick is: the last five or so count."""
FALL_S = 0.001
"""By how much the wait shrinks with every tick in time; 100 ms in two seconds."""
NOTICED_S = 0.005
"""A shorter wait saves less than it costs."""


class Holdable(Protocol):
    """What is read from."""

    def hold(self) -> None: ...

    def release(self) -> None: ...


class Lag:
    """What a loop's late ticks say of its load; pure."""

    def __init__(self) -> None:
        self._last = 0.0
        self._mean = 0.0
        self._wait = 0.0

    def tick(self, late_s: float) -> None:
        """Take note of how late a tick came, in seconds."""
        # One long step is no load, however long: a tick in time beside it says so.
        late = min(late_s, self._last, INTERVAL_S)
        self._last = late_s
        self._mean += SMOOTHING * (late - self._mean)
        if self._mean > BEARABLE_S:
            self._wait = min(MOST_S, self._wait + self._mean - BEARABLE_S)
        else:
            self._wait = max(0.0, self._wait - FALL_S)

    @property
    def wait_s(self) -> float:
        """How long to wait before a read: 0 where the loop keeps up, else up to MOST_S."""
        return self._wait if self._wait >= NOTICED_S else 0.0


class Backpressure:
    """The lag of one event loop, measured by a timer while anything reads."""

    _loops: ClassVar[WeakKeyDictionary[asyncio.AbstractEventLoop, "Backpressure"]] = (
        WeakKeyDictionary()
    )

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lag = Lag()
        self._due = 0.0
        self._ticking = False
        self._last_read = 0.0

    @classmethod
    def of_running_loop(cls) -> "Backpressure":
        loop = asyncio.get_running_loop()
        backpressure = cls._loops.get(loop)
        if backpressure is None:
            backpressure = cls._loops[loop] = cls(loop)
        return backpressure

    async def before_read(self, source: Holdable) -> None:
        """Return at once where the loop keeps up, after up to 100 ms where it does not.

        Meanwhile `source` leaves what comes in its socket: even taking it in has its cost.
        """
        now = self._loop.time()
        self._last_read = now
        if not self._ticking:
            self._ticking = True
            self._schedule(now)
        if wait_s := self._lag.wait_s:
            source.hold()
            try:
                await asyncio.sleep(wait_s)
            finally:
                source.release()

    def _schedule(self, now: float) -> None:
        self._due = now + INTERVAL_S
        # It goes on and on, and shall not hold on to the request that it began with.
        self._loop.call_at(self._due, self._tick, context=Context())

    def _tick(self) -> None:
        now = self._loop.time()
        self._lag.tick(now - self._due)
        if now - self._last_read > 1.0:
            self._ticking, self._lag = False, Lag()
        else:
            self._schedule(now)
