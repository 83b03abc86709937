"""Readers of one run, each at a pace of its own."""

import asyncio
from contextlib import aclosing

import pytest

from app.runs.run import Run
from app.streaming.batches import Batch, EarlyBatch, LastBatch
from rag_stream.errors import InvalidInputError
from tests.support.run_readers import kinds, read_all, some, turns


async def test_several_read_from_where_they_are(run: Run) -> None:
    run.add(Batch(some(1, 3)))
    reading = [asyncio.create_task(read_all(run.read(after))) for after in (0, 1, 3)]
    await turns()
    for number in range(4, 8):
        run.add(Batch(some(number, number)))
        await turns(number % 3)
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
            await turns()
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
    await turns()
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
    await turns()
    run.add(LastBatch())
    assert await reading == []
    assert await beginning == some(1, 1)


@pytest.mark.parametrize("is_over", [False, True])
async def test_nobody_can_have_an_event_that_there_is_not(run: Run, is_over: bool) -> None:
    run.add(LastBatch(some(1, 3)) if is_over else Batch(some(1, 3)))
    with pytest.raises(InvalidInputError, match=r"^Last-Event-ID, after: .* up to 3 .* got 4$"):
        await read_all(run.read(4))
