"""Runs and events that are gone: expired, trimmed, forgotten."""

import asyncio
from contextlib import aclosing
from uuid import uuid4

import pytest
import redis.asyncio

from app.errors import EventsGoneError, RunNotFoundError
from tests.support.redis_runs import Opening, keys_of, read_all, some_events, until


async def test_all_of_an_ended_run_expires(worker: Opening, client: "redis.asyncio.Redis") -> None:
    runs, name = await worker(keep_s=0.3), uuid4().hex
    await runs.begin(name, "me")
    await runs.append(name, 1, some_events(3), is_last=True)
    assert len(await keys_of(client, name)) == 3

    async def is_gone() -> bool:
        return await runs.owner(name) is None

    await until(is_gone)
    with pytest.raises(RunNotFoundError):
        await read_all(runs, name)
    await asyncio.sleep(0.01)  # its keys may be some tenths of a millisecond apart
    assert await keys_of(client, name) == []


async def test_no_key_is_ever_without_an_end(
    worker: Opening, client: "redis.asyncio.Redis"
) -> None:
    runs, name = await worker(keep_s=100, live_s=1000), uuid4().hex

    async def lasts() -> list[float]:
        return [await client.pttl(key) / 1000 for key in await keys_of(client, name)]

    await runs.begin(name, "me")
    assert [1000 < left <= 1100 for left in await lasts()] == [True]
    await runs.append(name, 1, some_events(2), is_last=False)
    assert [1000 < left <= 1100 for left in await lasts()] == [True] * 2
    await runs.trim(name, 3)
    assert [1000 < left <= 1100 for left in await lasts()] == [True] * 2
    await runs.append(name, 3, some_events(1), is_last=True)
    assert [0 < left <= 100 for left in await lasts()] == [True] * 3


async def test_what_was_trimmed_is_gone_and_the_rest_is_not(worker: Opening) -> None:
    maker, other = await worker(), await worker()
    events = some_events(10)
    await maker.begin("run", "me")
    await maker.append("run", 1, events, is_last=True)
    await maker.trim("run", 6)
    with pytest.raises(EventsGoneError):
        await read_all(other, "run", 4)
    assert await read_all(other, "run", 5) == events[5:]


async def test_a_reader_overtaken_by_trimming_is_told(worker: Opening) -> None:
    maker, other = await worker(), await worker()
    await maker.begin("run", "me")
    await maker.append("run", 1, some_events(3), is_last=False)
    async with aclosing(other.read("run", 0)) as pages:
        assert len(await anext(pages)) == 3
        await maker.append("run", 4, some_events(6), is_last=False)
        await maker.trim("run", 8)
        with pytest.raises(EventsGoneError):
            await anext(pages)


@pytest.mark.usefixtures("_impatient")
async def test_a_reader_does_not_wait_for_events_dropped_to_the_last(worker: Opening) -> None:
    runs = await worker()
    await runs.begin("run", "me")
    await runs.append("run", 1, some_events(3), is_last=True)
    await runs.trim("run", 4)
    with pytest.raises(EventsGoneError):
        await read_all(runs, "run")


@pytest.mark.usefixtures("_impatient")
async def test_a_forgotten_run_is_gone_for_those_who_follow_it_too(
    worker: Opening, client: "redis.asyncio.Redis"
) -> None:
    maker, other, name = await worker(), await worker(), uuid4().hex
    await maker.begin(name, "me")
    await maker.append(name, 1, some_events(2), is_last=False)
    async with aclosing(other.read(name, 0)) as pages:
        await anext(pages)
        await maker.forget(name)
        with pytest.raises(RunNotFoundError):
            await anext(pages)
    assert await keys_of(client, name) == []
