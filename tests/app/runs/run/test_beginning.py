"""The connection that a run began with."""

import asyncio
from contextlib import aclosing

import pytest

from app.runs.run import Run
from app.streaming.batches import Batch, EarlyBatch, LastBatch
from tests.support.run_readers import kinds, some, turns


async def test_early_events_are_early_until_the_model_has_accepted(run: Run) -> None:
    async with aclosing(run.begin()) as reader:
        run.add(EarlyBatch(some(1, 1)))
        batch = await anext(reader)
        assert (type(batch), batch) == (EarlyBatch, some(1, 1))
        waiting = asyncio.ensure_future(anext(reader))
        await turns()
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
        await turns()
        run.add(Batch())
        batch = await waiting
        assert (type(batch), batch) == (Batch, [])
        waiting = asyncio.ensure_future(anext(reader))
        await turns()
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
