"""Who waits gets the next place, who has the fewest first."""

import pytest

from app.errors import OverloadedError
from tests.support.places import fill, has_got, places, waiting


async def test_who_has_fewer_waits_for_as_many_as_are_its_share() -> None:
    them = places(8, spare=0)
    fill(them, "a", 8)
    assert them.at_most("b", 8) == 4
    turn = waiting(them, "b", them.at_most("b", 8))
    for _ in range(4):
        them.give_back("a")
    assert has_got(turn)


async def test_without_spare_places_others_wait_for_the_next() -> None:
    them = places(4, spare=0)
    fill(them, "a", 4)
    turn = waiting(them, "b")
    them.give_back("a")
    assert has_got(turn)
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
