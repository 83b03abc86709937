"""The stand-in's chat answers on their way: token by token, at full speed or at a pace."""

import asyncio
import heapq
import time
from itertools import count
from typing import Any, Protocol

from bench.frames import Frames
from bench.pace import Pace

TICK_S = 0.002
"""Paced tokens due within it go out together: a timer for each would cost more than they do."""
_COUNTED = ("chats", "prompt_chars", "embeddings", "tokens", "abandoned")


class Link(Protocol):
    """The connection an answer goes out on."""

    def write(self, data: bytes) -> None: ...

    def finish(self, data: bytes) -> None: ...


class Desk:
    """What all answers share: their counts and their turns."""

    def __init__(self) -> None:
        self.counts = dict.fromkeys(_COUNTED, 0)
        self.late_ms = 0.0  # the worst since the last look
        self._hurried: set[Answer] = set()
        self._paced: list[tuple[float, int, Answer]] = []
        self._numbers = count()

    def hurry(self, answer: "Answer") -> None:
        """Send one token of it each time the loop comes round, in turn with the others."""
        if not self._hurried:
            asyncio.get_running_loop().call_soon(self._round)
        self._hurried.add(answer)

    def schedule(self, due: float, answer: "Answer") -> None:
        """Let the answer go on at that time (of `time.monotonic`)."""
        heapq.heappush(self._paced, (due, next(self._numbers), answer))
        if len(self._paced) == 1:
            asyncio.get_running_loop().call_soon(self._tick)

    def stats(self) -> dict[str, Any]:
        late, self.late_ms = self.late_ms, 0.0
        return {"cpu_s": time.process_time(), "late_ms": round(late, 1), **self.counts}

    def _round(self) -> None:
        for answer in list(self._hurried):
            if answer.must_wait or answer.send(answer.sent + 1):
                self._hurried.discard(answer)
        if self._hurried:
            asyncio.get_running_loop().call_soon(self._round)

    def _tick(self) -> None:
        now = time.monotonic()
        while self._paced and self._paced[0][0] <= now:
            due, number, answer = self._paced[0]
            self.late_ms = max(self.late_ms, (now - due) * 1000)
            next_due = answer.go_on(now)
            if next_due is None:
                heapq.heappop(self._paced)
            else:
                heapq.heapreplace(self._paced, (next_due, number, answer))
        if self._paced:
            asyncio.get_running_loop().call_later(TICK_S, self._tick)


class Answer:
    """One chat answer on its way."""

    def __init__(self, desk: Desk, link: Link, frames: Frames, wanted: Pace) -> None:
        self._desk = desk
        self._link = link
        self._pace = wanted
        self._frames = frames
        self._pieces = self._frames.pieces(wanted.tokens)
        self.sent = 0
        self.is_over = False
        self.must_wait = False
        link.write(self._frames.opening)
        self._started = time.monotonic() + wanted.first_ms / 1000
        desk.schedule(self._started, self)

    def go_on(self, now: float) -> float | None:
        """Send what is due at that time; when to come again, None for not at all."""
        rate = self._pace.rate
        if self.is_over:
            return None
        if rate is None:
            self._desk.hurry(self)
            return None
        # Whatever is due, so that a late tick does not slow the answer down.
        due = int((now - self._started) * rate + 1e-6) + 1
        if not self.must_wait and self.send(max(due, self.sent + 1)):
            return None
        return self._started + max(self.sent, due) / rate

    def send(self, upto: int) -> bool:
        """Send the tokens up to that one; whether the answer is complete."""
        upto = min(upto, self._pace.tokens)
        self._link.write(b"".join(self._pieces[self.sent : upto]))
        self._desk.counts["tokens"] += upto - self.sent
        self.sent = upto
        if upto == self._pace.tokens:
            self.is_over = True
            self._link.finish(self._frames.closing(upto))
        return self.is_over

    def pause(self) -> None:
        """The connection takes no more for now."""
        self.must_wait = True

    def resume(self) -> None:
        self.must_wait = False
        if self.sent and not self.is_over and self._pace.rate is None:
            self._desk.hurry(self)

    def stop(self) -> None:
        """The reader has gone."""
        if not self.is_over:
            self._desk.counts["abandoned"] += 1
        self.is_over = self.must_wait = True
