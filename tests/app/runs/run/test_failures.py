"""Failures are raised, or told as an event."""

import asyncio
from itertools import chain

import pytest

from app.runs.run import Run
from app.streaming.batches import Batch, EarlyBatch, LastBatch
from rag_stream.errors import RagError
from tests.support.run_readers import ERROR_EVENT, kinds, read_all, some, turns


@pytest.mark.parametrize("when", ["before", "while"])
async def test_a_failure_before_it_is_open_is_raised_to_its_connection(run: Run, when: str) -> None:
    failure = RagError("refused")
    run.add(EarlyBatch(some(1, 1)))
    if when == "before":
        run.fail(failure, ERROR_EVENT)
        reading = asyncio.create_task(read_all(run.begin()))
    else:
        reading = asyncio.create_task(read_all(run.begin()))
        await turns()
        run.fail(failure, ERROR_EVENT)
    with pytest.raises(RagError) as caught:
        await reading
    assert caught.value is failure


@pytest.mark.parametrize("opened_by", [[], some(2, 2)])
async def test_a_failure_after_it_is_an_event(run: Run, opened_by: list[bytes]) -> None:
    run.add(EarlyBatch(some(1, 1)))
    run.add(Batch(opened_by))
    reading = asyncio.create_task(kinds(run.begin()))
    await turns()
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
        await turns()
        run.fail(failure, ERROR_EVENT)
        assert await reading == [b"<2>", ERROR_EVENT]
    else:
        run.fail(failure, ERROR_EVENT)
        assert await read_all(run.read(1)) == [b"<2>", ERROR_EVENT]
        assert await read_all(run.read(2)) == [ERROR_EVENT]
        assert await kinds(run.read(3)) == []
