"""Many callers who come and go as they like: nothing is left behind."""

import asyncio
import random
from collections import Counter, deque
from dataclasses import dataclass
from functools import partial

import pytest

from app.errors import OverloadedError
from app.lifecycle.limits import Limits
from app.lifecycle.places import Places
from app.lifecycle.ticket import Turn
from tests.support.places import FOREVER, fill


def is_granted(turn: Turn) -> bool:
    return turn.done() and not turn.cancelled() and not turn.exception()


@dataclass(eq=False)
class Piece:
    """One caller's work: it waits, runs for some turns of the loop, and may be given up."""

    name: str
    size: int
    task: "asyncio.Task[None] | None" = None


class Bustle:
    """Callers who come, wait, finish and leave as a seed has it; looks at every step."""

    def __init__(self, seed: int, limits: Limits) -> None:
        self.dice = random.Random(seed)
        self.limits = limits
        self.places = Places(lambda: limits)
        self.held: Counter[str] = Counter()
        self.queues: dict[str, deque[Piece]] = {}
        self.outcomes: Counter[str] = Counter()
        self.errors: list[BaseException] = []

    async def run(self, arrivals: int) -> None:
        tasks: dict[asyncio.Task[None], None] = {}  # in the order of their coming
        for _ in range(arrivals):
            name = self.dice.choice("aaaaaaaabbbcde")
            piece = Piece(name, self.dice.choice((1, 1, 1, 1, 3)))
            piece.task = asyncio.create_task(self.work(piece))
            tasks[piece.task] = None
            piece.task.add_done_callback(tasks.pop)
            piece.task.add_done_callback(self.ended)
            for _ in range(self.dice.randrange(3)):
                await asyncio.sleep(0)
            if tasks and self.dice.random() < 0.2:
                self.dice.choice(list(tasks)).cancel()
            self.look()
        await asyncio.gather(*tasks, return_exceptions=True)

    def ended(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()):
            self.errors.append(error)

    async def work(self, piece: Piece) -> None:
        name, queue = piece.name, self.queues.setdefault(piece.name, deque())
        turn: Turn | None = None
        has_place = False
        try:
            turn = self.places.take(name, piece.size)
            if turn is not None:
                queue.append(piece)
                turn.add_done_callback(partial(self.decided, queue, piece))
                try:
                    await turn
                finally:
                    has_place = is_granted(turn)
            has_place = True
            self.held[name] += piece.size
            try:
                for _ in range(self.dice.randrange(30)):
                    await asyncio.sleep(0)
            finally:
                self.held[name] -= piece.size
            self.outcomes["done"] += 1
        except OverloadedError:
            self.outcomes["refused"] += 1
        except asyncio.CancelledError:
            self.outcomes["cancelled"] += 1
            raise
        finally:
            if has_place:
                self.places.give_back(name, piece.size)
            elif turn is not None:
                self.places.give_up(name, turn)

    def decided(self, queue: deque[Piece], piece: Piece, turn: Turn) -> None:
        """Callbacks run in the order of the decisions; tasks need not: one whose turn has come
        before it waits goes on at once, past another that is still to be woken."""
        if is_granted(turn):
            self.outcomes["in turn" if queue[0] is piece else "out of turn"] += 1
        queue.remove(piece)

    def look(self) -> None:
        limits, them = self.limits, self.places
        assert them.taken <= limits.most + limits.spare
        assert 0 <= them.waiting <= limits.queue
        assert sum(self.held.values()) <= them.taken


@pytest.mark.parametrize("spare", [0, 3])
@pytest.mark.parametrize("seed", range(12))
async def test_whoever_comes_and_goes_nothing_is_left_behind(seed: int, spare: int) -> None:
    bustle = Bustle(seed, Limits(12, spare, 1, wait_s=FOREVER))
    async with asyncio.timeout(60):  # nobody waits for ever
        await bustle.run(1500)
    assert bustle.errors == []
    assert (bustle.places.taken, bustle.places.waiting) == (0, 0)
    assert bustle.outcomes["out of turn"] == 0, "of one caller, who came first is first"
    assert min(bustle.outcomes[what] for what in ("in turn", "done", "refused", "cancelled")) > 5
    fill(bustle.places, "anybody", 12)  # who has been there is forgotten: the share is all
    with pytest.raises(OverloadedError):
        bustle.places.take("anybody")
