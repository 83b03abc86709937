"""Places among callers: one alone has all, several share."""

import random
from collections import deque

import pytest

from app.errors import OverloadedError
from tests.support.places import fill, most_for, places


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


async def test_who_has_its_share_takes_no_spare_place_and_waits_for_none() -> None:
    them = places(4)
    fill(them, "a", 2)
    fill(them, "b", 2)
    with pytest.raises(OverloadedError):
        them.take("b")
    assert (them.taken, them.waiting) == (4, 0)


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
