"""The events of one answer and those who read them, each at a pace of its own."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import EventsGoneError
from app.runs.run import Run
from app.streaming.batches import Batch, EarlyBatch, LastBatch
from rag_stream.errors import InvalidInputError, RagError

ERROR_EVENT = b"error"


@pytest.fixture(autouse=True)
async def _no_task_is_left() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    assert asyncio.all_tasks() - before - {asyncio.current_task()} == set()


@pytest.fixture
async def run() -> Run:
    return Run("run", "me")


def some(first: int, last: int) -> list[bytes]:
    """Events from one number to another."""
    return [f"<{number}>".encode() for number in range(first, last + 1)]


async def read_all(batches: AsyncGenerator[Batch, None]) -> list[bytes]:
    async with asyncio.timeout(10), aclosing(batches):
        return list(chain.from_iterable([batch async for batch in batches]))


async def kinds(batches: AsyncGenerator[Batch, None]) -> list[Batch]:
    async with asyncio.timeout(10), aclosing(batches):
        return [batch async for batch in batches]


async def _turns(count: int = 10) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


# What it knows of itself


async def test_events_are_numbered_from_one_on(run: Run) -> None:
    assert (run.first, run.last, run.size) == (1, 0, 0)
    run.add(EarlyBatch(some(1, 2)))
    assert (run.last, run.last_event, run.size) == (2, b"<2>", 6)
    run.add(Batch(some(3, 3)))
    run.add(LastBatch(some(4, 5)))
    assert (run.first, run.last, run.last_event, run.size) == (1, 5, b"<5>", 15)


async def test_it_is_open_from_the_first_event_on_that_cannot_wait(run: Run) -> None:
    run.add(EarlyBatch(some(1, 1)))
    assert (run.is_open, run.is_over) == (False, False)
    run.add(Batch())
    assert (run.is_open, run.is_over) == (True, False)
    run.add(EarlyBatch(some(2, 2)))
    assert run.is_open, "what has been accepted stays so"
    run.add(LastBatch())
    assert (run.is_open, run.is_over) == (True, True)


async def test_a_failure_ends_it_and_opens_nothing(run: Run) -> None:
    run.fail(RagError("refused"), ERROR_EVENT)
    assert (run.is_open, run.is_over) == (False, True)
    assert (run.last, run.last_event, run.size) == (1, ERROR_EVENT, len(ERROR_EVENT))


# Reading


async def test_several_read_from_where_they_are(run: Run) -> None:
    run.add(Batch(some(1, 3)))
    reading = [asyncio.create_task(read_all(run.read(after))) for after in (0, 1, 3)]
    await _turns()
    for number in range(4, 8):
        run.add(Batch(some(number, number)))
        await _turns(number % 3)
    run.add(LastBatch(some(8, 8)))
    late = await read_all(run.read(5))
    assert await asyncio.gather(*reading) == [some(1, 8), some(2, 8), some(4, 8)]
    assert late == some(6, 8)


async def test_an_event_reaches_its_readers_before_the_next_is_made(run: Run) -> None:
    async with aclosing(run.read(0)) as one, aclosing(run.read(0)) as other:
        for reader in (one, other):
            assert await anext(reader) == [], "the response begins"
        for number in range(1, 6):
            waiting = [asyncio.ensure_future(anext(reader)) for reader in (one, other)]
            await _turns()
            run.add(Batch(some(number, number)))
            assert await asyncio.gather(*waiting) == [some(number, number)] * 2


async def test_a_reader_who_takes_long_gets_the_rest_at_once(run: Run) -> None:
    async with aclosing(run.read(0)) as reader:
        await anext(reader)
        run.add(Batch(some(1, 1)))
        assert await anext(reader) == some(1, 1)
        for number in range(2, 6):
            run.add(Batch(some(number, number)))
        assert await anext(reader) == some(2, 5)


async def test_a_reader_who_goes_takes_nothing_from_the_others(run: Run) -> None:
    going = asyncio.create_task(read_all(run.read(0)))
    staying = asyncio.create_task(read_all(run.read(0)))
    await _turns()
    going.cancel()
    await asyncio.gather(going, return_exceptions=True)
    run.add(LastBatch(some(1, 2)))
    assert await staying == some(1, 2)


async def test_what_a_reader_got_is_its_own(run: Run) -> None:
    # A connection may join, cut or clear it; those who come back need it whole.
    run.add(LastBatch(some(1, 3)))
    (batch,) = await kinds(run.read(0))
    batch.clear()
    assert await read_all(run.read(0)) == some(1, 3)


async def test_what_is_told_last_says_so(run: Run) -> None:
    run.add(Batch(some(1, 1)))
    async with aclosing(run.read(0)) as reader:
        assert type(await anext(reader)) is Batch
        assert type(await anext(reader)) is Batch
        run.add(LastBatch(some(2, 2)))
        batch = await anext(reader)
        assert (type(batch), batch) == (LastBatch, some(2, 2))
        with pytest.raises(StopAsyncIteration):
            await anext(reader)
    assert list(map(type, await kinds(run.read(0)))) == [LastBatch]


async def test_readers_do_not_wait_for_the_model_to_accept(run: Run) -> None:
    # A reader's response is an answer already: that there is such a run.
    run.add(EarlyBatch(some(1, 2)))
    async with aclosing(run.read(0)) as reader:
        assert type(await anext(reader)) is Batch
        batch = await anext(reader)
        assert (type(batch), batch) == (Batch, some(1, 2))


async def test_a_run_that_is_over_has_nothing_more_for_whom_has_it_all(run: Run) -> None:
    run.add(LastBatch(some(1, 3)))
    assert await kinds(run.read(3)) == []


async def test_the_end_comes_without_an_event_too(run: Run) -> None:
    run.add(Batch(some(1, 1)))
    reading = asyncio.create_task(read_all(run.read(1)))
    beginning = asyncio.create_task(read_all(run.begin()))
    await _turns()
    run.add(LastBatch())
    assert await reading == []
    assert await beginning == some(1, 1)


@pytest.mark.parametrize("is_over", [False, True])
async def test_nobody_can_have_an_event_that_there_is_not(run: Run, is_over: bool) -> None:
    run.add(LastBatch(some(1, 3)) if is_over else Batch(some(1, 3)))
    with pytest.raises(InvalidInputError, match=r"^Last-Event-ID, after: .* up to 3 .* got 4$"):
        await read_all(run.read(4))


# The connection that it began with


async def test_early_events_are_early_until_the_model_has_accepted(run: Run) -> None:
    async with aclosing(run.begin()) as reader:
        run.add(EarlyBatch(some(1, 1)))
        batch = await anext(reader)
        assert (type(batch), batch) == (EarlyBatch, some(1, 1))
        waiting = asyncio.ensure_future(anext(reader))
        await _turns()
        assert not waiting.done()
        run.add(EarlyBatch(some(2, 3)))
        batch = await waiting
        assert (type(batch), batch) == (EarlyBatch, some(2, 3))
        run.add(Batch(some(4, 4)))
        batch = await anext(reader)
        assert (type(batch), batch) == (Batch, some(4, 4))
        run.add(LastBatch(some(5, 5)))
        batch = await anext(reader)
        assert (type(batch), batch) == (LastBatch, some(5, 5))
        with pytest.raises(StopAsyncIteration):
            await anext(reader)


async def test_no_more_than_being_accepted_opens_it(run: Run) -> None:
    run.add(EarlyBatch(some(1, 1)))
    async with aclosing(run.begin()) as reader:
        assert type(await anext(reader)) is EarlyBatch
        waiting = asyncio.ensure_future(anext(reader))
        await _turns()
        run.add(Batch())
        batch = await waiting
        assert (type(batch), batch) == (Batch, [])
        waiting = asyncio.ensure_future(anext(reader))
        await _turns()
        assert not waiting.done(), "opened once"
        run.add(LastBatch(some(2, 2)))
        assert await waiting == some(2, 2)


async def test_what_was_early_is_not_any_more_once_the_model_has_accepted(run: Run) -> None:
    run.add(EarlyBatch(some(1, 1)))
    run.add(Batch())
    async with aclosing(run.begin()) as reader:
        batch = await anext(reader)
        assert (type(batch), batch) == (Batch, some(1, 1))


async def test_a_run_that_is_over_before_anybody_reads_is_read_as_a_whole(run: Run) -> None:
    run.add(EarlyBatch(some(1, 1)))
    run.add(Batch(some(2, 2)))
    run.add(LastBatch(some(3, 3)))
    assert await kinds(run.begin()) == [some(1, 3)]
    assert list(map(type, await kinds(run.begin()))) == [LastBatch]


# Failures


@pytest.mark.parametrize("when", ["before", "while"])
async def test_a_failure_before_it_is_open_is_raised_to_its_connection(run: Run, when: str) -> None:
    failure = RagError("refused")
    run.add(EarlyBatch(some(1, 1)))
    if when == "before":
        run.fail(failure, ERROR_EVENT)
        reading = asyncio.create_task(read_all(run.begin()))
    else:
        reading = asyncio.create_task(read_all(run.begin()))
        await _turns()
        run.fail(failure, ERROR_EVENT)
    with pytest.raises(RagError) as caught:
        await reading
    assert caught.value is failure


@pytest.mark.parametrize("opened_by", [[], some(2, 2)])
async def test_a_failure_after_it_is_an_event(run: Run, opened_by: list[bytes]) -> None:
    run.add(EarlyBatch(some(1, 1)))
    run.add(Batch(opened_by))
    reading = asyncio.create_task(kinds(run.begin()))
    await _turns()
    run.fail(RagError("broken"), ERROR_EVENT)
    *_, last = batches = await reading
    assert (type(last), last) == (LastBatch, [ERROR_EVENT])
    expected = [*some(1, 1), *opened_by, ERROR_EVENT]
    assert list(chain.from_iterable(batches)) == expected
    assert await read_all(run.begin()) == expected


@pytest.mark.parametrize("is_open", [False, True])
@pytest.mark.parametrize("is_live", [False, True])
async def test_a_failure_is_an_event_for_those_who_come_back(
    run: Run, is_open: bool, is_live: bool
) -> None:
    run.add(Batch(some(1, 2)) if is_open else EarlyBatch(some(1, 2)))
    failure = RagError("broken")
    if is_live:
        reading = asyncio.create_task(read_all(run.read(1)))
        await _turns()
        run.fail(failure, ERROR_EVENT)
        assert await reading == [b"<2>", ERROR_EVENT]
    else:
        run.fail(failure, ERROR_EVENT)
        assert await read_all(run.read(1)) == [b"<2>", ERROR_EVENT]
        assert await read_all(run.read(2)) == [ERROR_EVENT]
        assert await kinds(run.read(3)) == []


# Giving up the beginning


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


# All of it, however it is cut

CUTS = st.lists(st.integers(0, 3), min_size=1, max_size=12)
"""How many events come at a time."""


@given(
    early=st.integers(0, 3),
    cuts=CUTS,
    ends_empty=st.booleans(),
    fails=st.booleans(),
    readers=st.lists(
        st.tuples(st.integers(0, 12), st.lists(st.integers(1, 4), max_size=4)), max_size=4
    ),
    pauses=st.lists(st.integers(0, 4), min_size=12, max_size=12),
)
async def test_joined_readings_have_each_event_once_and_in_order(
    early: int,
    cuts: list[int],
    ends_empty: bool,
    fails: bool,
    readers: list[tuple[int, list[int]]],
    pauses: list[int],
) -> None:
    """Readers come at some moment, break off after some batches, and go on where they were."""
    run, whole = Run("run", "me"), some(1, early + sum(cuts))
    came = [asyncio.Event() for _ in cuts]

    async def produce() -> None:
        made = early
        run.add(EarlyBatch(whole[:early]))
        for at, cut in enumerate(cuts):
            came[at].set()
            await _turns(pauses[at])
            is_end = at == len(cuts) - 1 and not (ends_empty or fails)
            run.add((LastBatch if is_end else Batch)(whole[made : made + cut]))
            made += cut
        if fails:
            run.fail(RagError("broken"), ERROR_EVENT)
        elif ends_empty:
            await _turns(pauses[0])
            run.add(LastBatch())

    async def come_back(moment: int, lasting: list[int]) -> list[bytes]:
        await came[min(moment, len(came) - 1)].wait()
        got: list[bytes] = []
        for batches in lasting:
            left = batches
            async with aclosing(run.read(len(got))) as reading:
                async for batch in reading:
                    got += batch
                    left -= 1
                    if not left:
                        break
        return got + await read_all(run.read(len(got)))

    async with asyncio.timeout(10):
        first = asyncio.create_task(read_all(run.begin()))
        others = [asyncio.create_task(come_back(*reader)) for reader in readers]
        await produce()
        expected = whole + [ERROR_EVENT] * fails
        assert await asyncio.gather(*others) == [expected] * len(readers)
        assert await first == expected
        for after in range(len(expected) + 1):
            assert await read_all(run.read(after)) == expected[after:]
