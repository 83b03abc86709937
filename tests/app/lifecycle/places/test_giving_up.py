"""Waiting that ends without a place."""

import pytest

from app.errors import OverloadedError, ShuttingDownError
from tests.support.places import fill, has_got, places, waiting


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
