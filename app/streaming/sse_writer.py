"""One open response: when it begins, what keeps it alive, and when to give it up."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.streaming.sse import PING

Headers = Sequence[tuple[bytes, bytes]]
PING_S = 10.0
"""Silence after which a comment keeps proxies from cutting the stream."""
_HELD_S = 0.25

_HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),
)


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds: until a response begins at the latest, between pings, until a client that
    takes nothing is given up."""

    first_byte_s: float
    send_s: float
    ping_s: float = PING_S


class SseWriter:
    """Sends what it is given. Until it is open, events wait; then they go out at once."""

    def __init__(
        self,
        send: Callable[[Any], Awaitable[None]],
        times: Times,
        on_stall: Callable[[], None],
        is_held: Callable[[], bool] = lambda: False,
        headers: Headers = (),
    ) -> None:
        """`on_stall` is called when the client has taken nothing for `times.send_s`.

        `is_held`: asked when it is time to begin, and again until it says no. `headers`: more of
        them, beside those of every stream.
        """
        self._send = send
        self._times = times
        self._on_stall = on_stall
        self._is_held = is_held
        self._headers = headers
        self._loop = asyncio.get_running_loop()
        self._last = self._loop.time()
        self._sending = 0
        self._waiting: list[bytes] = []
        self._opening: asyncio.Task[None] | None = None
        self._ping: asyncio.Task[None] | None = None
        self._timer = self._loop.call_later(times.first_byte_s, self._open_late)
        self._is_begun = False
        self.is_open = False
        """Whether it has been decided that a response begins: it may be on its way yet."""

    async def keep(self, events: list[bytes]) -> None:
        """Events that need not go out before the response begins."""
        if self.is_open:
            await self.send(b"".join(events))
        else:
            self._waiting += events

    async def send(self, data: bytes) -> None:
        """Send, after all that has waited; begins the response."""
        if not self.is_open:
            self._open()
        if self._opening is not None:
            await asyncio.shield(self._opening)
            self._opening = None
        if not self._is_begun:
            await self._put(self._head())
            self._is_begun = True
        if self._waiting:
            data = b"".join(self._waiting) + data
            self._waiting.clear()
        if data:
            await self._put(_part(data))

    async def end(self) -> None:
        """End the response cleanly."""
        await self.send(b"")
        await self._put({"type": "http.response.body", "body": b"", "more_body": False})

    def stop_timers(self) -> None:
        self._timer.cancel()
        for task in (self._opening, self._ping):
            if task is not None:
                task.cancel()

    async def _put(self, message: dict[str, Any]) -> None:
        self._last = self._loop.time()
        self._sending += 1
        try:
            await self._send(message)
        finally:
            self._sending -= 1

    def _open(self) -> None:
        self.is_open = True
        self._timer.cancel()
        self._last = self._loop.time()
        self._look_later()

    def _open_late(self) -> None:
        if self._is_held():
            self._timer = self._loop.call_later(_HELD_S, self._open_late)
            return
        self._open()
        self._opening = self._loop.create_task(self._send_head())
        # What it fails with, the next event fails with too.
        self._opening.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def _send_head(self) -> None:
        # A client learns that its question has been accepted, though there is nothing yet.
        data = b"".join(self._waiting) or PING
        self._waiting.clear()
        await self._put(self._head())
        self._is_begun = True
        await self._put(_part(data))

    def _head(self) -> dict[str, Any]:
        # A list of its own each time: middlewares may add to it.
        headers = [*_HEADERS, *self._headers]
        return {"type": "http.response.start", "status": 200, "headers": headers}

    def _look_at_clock(self) -> None:
        # A timer and no task: hardly any stream is silent for so long.
        silent_s = self._loop.time() - self._last
        if self._sending:
            if silent_s >= self._times.send_s:
                self._on_stall()
                return
        elif silent_s >= self._times.ping_s:
            self._ping = self._loop.create_task(self._put(_part(PING)))
            self._ping.add_done_callback(lambda task: task.cancelled() or task.exception())
            self._last = self._loop.time()
        self._look_later()

    def _look_later(self) -> None:
        now, times = self._loop.time(), self._times
        due = self._last + (times.send_s if self._sending else times.ping_s)
        due = min(due, now + times.ping_s, now + times.send_s)
        self._timer = self._loop.call_at(max(due, now + 0.001), self._look_at_clock)


def _part(data: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": data, "more_body": True}
