"""Runs are read from another worker."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from app.errors import RunNotFoundError
from app.streaming.batches import Batch, EarlyBatch, LastBatch
from rag_stream.errors import RagError
from tests.support.runs import Answer, Worker, error_event, joined, some, turns


async def test_another_worker_tells_each_event_as_it_is_made(
    maker: Worker, other: Worker, run_id: str
) -> None:
    answer = Answer(EarlyBatch(some(1, 2)))
    await maker.start(answer, run_id)
    async with asyncio.timeout(10), aclosing(other.runs.read(run_id, "me", 0)) as reading:
        got = 0
        while got < 2:
            got += len(await anext(reading))
        for number in range(3, 10):
            answer.say(Batch(some(number, number)))
            assert await anext(reading) == some(number, number)
        answer.say(LastBatch(some(10, 11)))
        assert await anext(reading) == some(10, 11)
        with pytest.raises(StopAsyncIteration):
            await anext(reading)
    assert answer.starts == 1


async def test_a_run_is_gone_on_with_at_another_worker(
    maker: Worker, other: Worker, run_id: str
) -> None:
    answer = Answer(EarlyBatch(some(1, 1)), Batch(some(2, 5)))
    run = await maker.start(answer, run_id)
    connection = asyncio.create_task(joined(run.begin()))
    await turns()
    connection.cancel()
    await asyncio.gather(connection, return_exceptions=True)
    reading = [asyncio.create_task(other.read(run_id, after=after)) for after in (0, 3, 5)]
    answer.say(Batch(some(6, 8)), LastBatch(some(9, 9)))
    assert await asyncio.gather(*reading) == [some(1, 9), some(4, 9), some(6, 9)]
    assert answer.starts == 1
    assert await other.read(run_id, after=8) == some(9, 9)
    assert await other.read(run_id, after=9) == []
    assert await maker.read(run_id, after=3) == some(4, 9)


async def test_many_runs_and_readers_get_along(maker: Worker, other: Worker, run_id: str) -> None:
    names = [f"{run_id}-{number}" for number in range(20)]
    answers = [Answer() for _ in names]
    for at, (name, answer) in enumerate(zip(names, answers, strict=True)):
        await (maker, other)[at % 2].start(answer, name)
    reading = [
        asyncio.create_task(worker.read(name, after=0))
        for name in names
        for worker in (maker, other)
    ]
    for number in range(1, 30):
        for answer in answers:
            answer.say(Batch(some(number, number)))
        await asyncio.sleep(0.001)
    for answer in answers:
        answer.say(LastBatch(some(30, 30)))
    assert await asyncio.gather(*reading) == [some(1, 30)] * 40


async def test_a_failure_reaches_those_who_come_back_elsewhere(
    maker: Worker, other: Worker, run_id: str
) -> None:
    answer = Answer(EarlyBatch(some(1, 1)))
    await maker.start(answer, run_id)
    reading = asyncio.create_task(other.read(run_id))
    await turns()
    answer.say(RagError("refused"))
    expected = [*some(1, 1), b"error internal"]
    assert await reading == expected
    assert await other.read(run_id) == expected


async def test_an_answer_that_breaks_off_without_a_word_has_an_end_elsewhere_too(
    maker: Worker, other: Worker, run_id: str
) -> None:
    go_on = asyncio.Event()

    async def events() -> AsyncGenerator[Batch, None]:
        yield Batch(some(1, 1))
        await go_on.wait()

    await maker.runs.start(run_id, "me", events(), error_event)
    reading = asyncio.create_task(other.read(run_id))
    await turns()
    go_on.set()
    *before, last = await reading
    assert before == some(1, 1)
    assert last.startswith(b"error ")


async def test_a_run_is_not_there_for_another_caller(
    maker: Worker, other: Worker, run_id: str
) -> None:
    answer = Answer(Batch(some(1, 1)))
    await maker.start(answer, run_id)
    messages = set()
    for name, caller in ((run_id, "you"), ("missing", "me"), ("missing", "you")):
        with pytest.raises(RunNotFoundError) as caught:
            await other.read(name, caller)
        messages.add(str(caught.value))
        with pytest.raises(RunNotFoundError) as caught:
            await other.runs.stop(name, caller)
        messages.add(str(caught.value))
    assert len(messages) == 1, "nobody learns that there is one"
    assert not answer.has_ended
