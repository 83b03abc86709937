"""Places among callers: one alone has all, several share, and who waits gets the next."""

import asyncio
import random
from collections import Counter, deque
from dataclasses import dataclass

import pytest

from app.errors import OverloadedError, ShuttingDownError
from app.lifecycle.limits import Limits
from app.lifecycle.places import Places
from app.lifecycle.ticket import Turn

FOREVER = 3600.0


def places(most: int, spare: int | None = None, wait_s: float = FOREVER) -> Places:
    limits = Limits(most, -(-most // 4) if spare is None else spare, 1, wait_s)
    return Places(lambda: limits)


def fill(them: Places, name: str, count: int) -> None:
    for _ in range(count):
        assert them.take(name) is None


def most_for(them: Places, name: str) -> int:
    """How many more a caller can have at once."""
    count = 0
    while them.take_now(name):
        count += 1
    return count


def waiting(them: Places, name: str, count: int = 1) -> Turn:
    turn = them.take(name, count)
    assert turn is not None
    return turn


def has_got(turn: Turn) -> bool:
    return turn.done() and turn.exception() is None


async def test_a_caller_alone_has_all_places_and_no_more() -> None:
    them = places(8)
    fill(them, "a", 8)
    with pytest.raises(OverloadedError, match=r"\(8 at a time, see RAG_MAX_STREAMS"):
        them.take("a")
    with pytest.raises(OverloadedError):
        them.check("a")
    assert them.taken == 8


async def test_of_several_at_a_time_there_are_as_many_as_there_is_room_for() -> None:
    them = places(8)
    assert them.at_most("a", 100) == 8
    fill(them, "a", 3)
    assert them.at_most("a", 8) == 5
    assert them.at_most("a", 2) == 2
    fill(them, "a", 5)
    assert them.at_most("b", 8) == 2  # the spare ones
    with pytest.raises(OverloadedError):
        them.take("a", them.at_most("a", 8))


async def test_who_has_fewer_waits_for_as_many_as_are_its_share() -> None:
    them = places(8, spare=0)
    fill(them, "a", 8)
    assert them.at_most("b", 8) == 4
    turn = waiting(them, "b", them.at_most("b", 8))
    for _ in range(4):
        them.give_back("a")
    assert has_got(turn)


async def test_another_is_let_in_at_once_however_many_one_has() -> None:
    them = places(8)
    fill(them, "a", 8)
    them.check("b")
    assert them.take("b") is None
    assert them.taken == 9


async def test_of_the_spare_places_a_flood_leaves_some_for_the_next() -> None:
    them = places(1000)
    fill(them, "0", 1000)
    got = [most_for(them, str(number)) for number in range(1, 8)]
    assert got == [125, 63, 31, 16, 8, 4, 2]
    assert them.take("one more") is None
    assert them.taken <= 1250


async def test_there_is_an_end_to_the_spare_places() -> None:
    them = places(8)
    fill(them, "a", 8)
    callers = [str(number) for number in range(50)]
    assert sum(most_for(them, name) for name in callers) == 2
    assert them.taken == 10


async def test_without_spare_places_others_wait_for_the_next() -> None:
    them = places(4, spare=0)
    fill(them, "a", 4)
    turn = waiting(them, "b")
    them.give_back("a")
    assert has_got(turn)
    assert (them.taken, them.waiting) == (4, 0)


async def test_who_has_its_share_takes_no_spare_place_and_waits_for_none() -> None:
    them = places(4)
    fill(them, "a", 2)
    fill(them, "b", 2)
    with pytest.raises(OverloadedError):
        them.take("b")
    assert (them.taken, them.waiting) == (4, 0)


async def test_a_full_house_of_single_callers_takes_no_spare_places() -> None:
    them = places(20)
    for number in range(20):
        fill(them, str(number), 1)
    assert not them.take_now("one more")
    turn = waiting(them, "one more")  # but may wait a moment
    them.give_back("3")
    assert has_got(turn)


async def test_the_next_place_is_for_the_caller_with_the_fewest() -> None:
    them = places(12, spare=0)
    fill(them, "a", 9)
    fill(them, "b", 2)
    fill(them, "c", 1)
    turns = {name: waiting(them, name) for name in ("b", "c")}
    turns["d"] = waiting(them, "d")
    order = []
    for _ in range(3):
        them.give_back("a")
        (got,) = [name for name, turn in turns.items() if has_got(turn)]
        order.append(got)
        del turns[got]
    assert order == ["d", "c", "b"]


async def test_of_one_caller_who_came_first_is_first() -> None:
    them = places(8, spare=0)
    fill(them, "a", 8)
    turns = [waiting(them, "b") for _ in range(2)]
    them.give_back("a")
    assert [turn.done() for turn in turns] == [True, False]
    them.give_back("a")
    assert [turn.done() for turn in turns] == [True, True]


async def test_nobody_overtakes_those_who_wait() -> None:
    them = places(8, spare=0)
    fill(them, "a", 8)
    turn = waiting(them, "b", 3)
    them.give_back("a", 2)
    assert not turn.done()
    with pytest.raises(OverloadedError):
        them.take("a")
    assert not them.take_now("c")
    them.give_back("a")
    assert has_got(turn)
    assert them.taken == 8


async def test_a_full_queue_sheds_the_last_of_the_caller_with_the_most() -> None:
    them = places(16, spare=0)  # 4 may wait
    fill(them, "a", 16)
    many = [waiting(them, "b") for _ in range(4)]
    other = waiting(them, "c")
    assert [turn.done() for turn in many] == [False, False, False, True]
    assert isinstance(many[3].exception(), OverloadedError)
    with pytest.raises(OverloadedError):
        them.take("b")
    with pytest.raises(OverloadedError):
        them.check("b")
    another = waiting(them, "d")
    assert isinstance(many[2].exception(), OverloadedError)
    with pytest.raises(OverloadedError):
        them.take("c")  # it would have as many as the one that would lose one
    assert (other.done(), another.done(), them.waiting) == (False, False, 4)


async def test_waiting_has_an_end() -> None:
    them = places(2, spare=0, wait_s=0.01)
    fill(them, "a", 2)
    turn = waiting(them, "b")
    with pytest.raises(OverloadedError, match=r"\(2 at a time, see RAG_MAX_STREAMS"):
        await turn
    assert (them.taken, them.waiting) == (2, 0)


async def test_who_gives_up_leaves_the_way_free_for_the_next() -> None:
    them = places(8, spare=0)
    fill(them, "a", 8)
    large, small = waiting(them, "b", 3), waiting(them, "c")
    them.give_back("a")
    assert not small.done()
    large.cancel()
    them.give_up("b", large)
    assert has_got(small)
    assert (them.taken, them.waiting) == (8, 0)


async def test_a_place_is_not_given_to_one_who_is_about_to_go() -> None:
    them = places(8, spare=0)
    fill(them, "a", 8)
    gone, there = waiting(them, "b"), waiting(them, "c")
    gone.cancel()
    them.give_back("a")
    assert has_got(there)
    them.give_up("b", gone)
    assert (them.taken, them.waiting) == (8, 0)


async def test_all_who_wait_can_be_sent_away() -> None:
    them = places(8, spare=0)
    fill(them, "a", 8)
    turns = [waiting(them, "b"), waiting(them, "c")]
    them.dismiss(lambda: ShuttingDownError("over"))
    assert all(isinstance(turn.exception(), ShuttingDownError) for turn in turns)
    assert (them.taken, them.waiting) == (8, 0)


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
        tasks: set[asyncio.Task[None]] = set()
        for _ in range(arrivals):
            name = self.dice.choice("aaaaaaaabbbcde")
            piece = Piece(name, self.dice.choice((1, 1, 1, 1, 3)))
            piece.task = asyncio.create_task(self.work(piece))
            tasks.add(piece.task)
            piece.task.add_done_callback(tasks.discard)
            piece.task.add_done_callback(self.ended)
            for _ in range(self.dice.randrange(3)):
                await asyncio.sleep(0)
            if tasks and self.dice.random() < 0.2:
                self.dice.choice(sorted(tasks, key=id)).cancel()
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
                try:
                    await turn
                finally:
                    has_place = turn.done() and not turn.cancelled() and not turn.exception()
                    is_first = next((one for one in queue), None) is piece
                    queue.remove(piece)
                self.outcomes["in turn" if is_first else "out of turn"] += 1
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


async def test_who_has_little_is_never_kept_out_by_who_wants_all() -> None:
    them = places(20)
    dice = random.Random(3)
    fill(them, "flood", 20)
    held: deque[int] = deque()
    for _ in range(500):
        # The flood wants whatever becomes free, and the other a place now and then.
        if dice.random() < 0.5:
            them.give_back("flood")
        for _ in range(3):
            try:
                turn = them.take("flood")
            except OverloadedError:
                break
            if turn is not None:
                break
        if len(held) < 2:
            assert them.take("other") is None
            held.append(1)
        elif dice.random() < 0.5:
            held.pop()
            them.give_back("other")
