"""Ways to ask a server: so many at once without a pause, or evenly spread arrivals."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.call import Call, follow
from bench.pace import Pace
from bench.subject import Subject

_LOOK_S = 0.2


async def at_once(subject: Subject, pace: Pace, readers: int, until: float) -> list[Call]:
    """So many readers, each asking anew as soon as it is answered, up to that time."""
    calls: list[Call] = []

    async def reader() -> None:
        while time.perf_counter() < until:
            call = subject.ask(pace)
            calls.append(call)
            await follow(call, subject.address, 60.0)
            if not call.parts:
                return  # nobody is there; the reading will say so

    await asyncio.gather(*(reader() for _ in range(readers)))
    return calls


async def each_once(subject: Subject, pace: Pace, readers: int) -> list[Call]:
    """One question from each of so many readers."""
    calls = [subject.ask(pace) for _ in range(readers)]
    await asyncio.gather(*(follow(call, subject.address, 60.0) for call in calls))
    return calls


@dataclass(slots=True)
class Arrivals:
    """Questions that come evenly spread, whether or not earlier ones have been answered."""

    subject: Subject
    pace: Pace
    interval_s: float
    warming: int
    """How many come before those that count."""
    counting: int
    first_limit_s: float
    """The latest that a first token is in time."""
    calls: list[Call] = field(default_factory=list)

    async def run(
        self, tolerated: int, on_counting: Callable[[], None], on_counted: Callable[[], None]
    ) -> bool:
        """Ask them all; False, and broken off, once more than `tolerated` are late.

        The callbacks are for the first and the last question that counts.
        """
        limit_s = 3 * (self.first_limit_s + self.pace.seconds) + 10
        tasks: list[asyncio.Task[None]] = []
        started = looked = time.perf_counter()
        try:
            while len(self.calls) < self.warming + self.counting or not _all_done(tasks):
                number = len(self.calls)
                now = time.perf_counter()
                if now - looked > _LOOK_S:
                    looked = now
                    if self._late(now) > tolerated:
                        return False
                if number == self.warming + self.counting:
                    await asyncio.wait(tasks, timeout=_LOOK_S)
                    continue
                wait = started + number * self.interval_s - now
                if wait > 0:
                    await asyncio.sleep(min(wait, _LOOK_S))
                    continue
                if number == self.warming:
                    on_counting()
                call = self.subject.ask(self.pace)
                self.calls.append(call)
                tasks.append(asyncio.create_task(follow(call, self.subject.address, limit_s)))
                if len(self.calls) == self.warming + self.counting:
                    on_counted()
            return True
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def counted(self) -> list[Call]:
        return self.calls[self.warming :]

    def _late(self, now: float) -> int:
        return sum(
            (call.marked_at or now) - call.asked_at > self.first_limit_s for call in self.counted
        )


def _all_done(tasks: list[asyncio.Task[None]]) -> bool:
    return all(task.done() for task in tasks)
