"""A run that gives up its beginning."""

from contextlib import aclosing

import pytest

from app.errors import EventsGoneError
from app.runs.run import Run
from app.streaming.batches import Batch, LastBatch
from tests.support.run_readers import read_all, some


async def test_the_beginning_is_given_up_by_as_much_as_was_asked_for(run: Run) -> None:
    run.add(Batch(some(1, 9)))
    assert run.shorten(7) == 9, "whole events, a little more"
    assert (run.first, run.last, run.size) == (4, 9, 18)
    assert run.shorten(3) == 3
    assert (run.first, run.last, run.size) == (5, 9, 15)
    run.add(LastBatch(some(10, 10)))
    assert await read_all(run.read(4)) == some(5, 10)


async def test_the_last_event_stays(run: Run) -> None:
    run.add(Batch(some(1, 3)))
    assert run.shorten(1_000) == 6
    assert run.shorten(1_000) == 0
    assert (run.first, run.last, run.last_event, run.size) == (3, 3, b"<3>", 3)


async def test_nothing_to_give_up_is_no_harm(run: Run) -> None:
    assert run.shorten(1) == 0
    assert (run.first, run.last, run.size) == (1, 0, 0)


async def test_a_reader_who_comes_for_what_is_gone_is_told(run: Run) -> None:
    run.add(Batch(some(1, 9)))
    run.shorten(9)
    for after in (0, 1, 2):
        with pytest.raises(EventsGoneError, match="from 4 on") as caught:
            await read_all(run.read(after))
        assert caught.value.status_code == 410
    run.add(LastBatch())
    assert await read_all(run.read(3)) == some(4, 9)


@pytest.mark.parametrize("way", ["read", "begin"])
@pytest.mark.parametrize("is_over", [False, True])
async def test_a_reader_who_was_left_behind_is_told(run: Run, way: str, is_over: bool) -> None:
    run.add(Batch(some(1, 2)))
    async with aclosing(run.read(0) if way == "read" else run.begin()) as reader:
        while await anext(reader) != some(1, 2):
            pass
        run.add(LastBatch(some(3, 9)) if is_over else Batch(some(3, 9)))
        run.shorten(9)
        with pytest.raises(EventsGoneError) as caught:
            await anext(reader)
    assert caught.value.status_code == 410


async def test_a_reader_who_has_what_is_given_up_misses_nothing(run: Run) -> None:
    run.add(Batch(some(1, 4)))
    async with aclosing(run.read(0)) as reader:
        await anext(reader)
        assert await anext(reader) == some(1, 4)
        run.shorten(9)
        run.add(LastBatch(some(5, 5)))
        assert await anext(reader) == some(5, 5)
