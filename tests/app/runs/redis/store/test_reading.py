"""Runs in Redis are replayed and followed."""

import asyncio
from contextlib import aclosing
from uuid import uuid4

import pytest
import uvloop

from app.runs.redis import connections as redis_connections
from app.runs.redis import events as redis_events
from app.runs.redis.store import RedisStore
from tests.support.redis_runs import Opening, read_all, some_events
from tests.support.redis_server import RedisServer


async def test_another_worker_replays_a_run_in_order_over_several_pages(worker: Opening) -> None:
    maker, other = await worker(), await worker()
    events = some_events(3 * redis_events.PAGE + 7)
    await maker.begin("run", "me")
    for first in range(0, len(events), 50):
        part = events[first : first + 50]
        await maker.append("run", first + 1, part, is_last=first + 50 >= len(events))
    assert await read_all(other, "run") == events
    assert await read_all(maker, "run") == events
    pages = [page async for page in other.read("run", 0)]
    assert max(len(page) for page in pages) <= redis_events.PAGE


@pytest.mark.parametrize("after", [0, 1, 9, 10, 11])
async def test_a_reader_gets_what_comes_after_the_event_it_names(
    worker: Opening, after: int
) -> None:
    runs = await worker()
    events = some_events(10)
    await runs.begin("run", "me")
    await runs.append("run", 1, events, is_last=True)
    assert await read_all(runs, "run", after) == events[after:]


@pytest.mark.parametrize("after", [-1, 2**63])
async def test_a_number_that_no_event_can_have_is_refused(worker: Opening, after: int) -> None:
    runs = await worker()
    with pytest.raises(ValueError, match="expected"):
        await read_all(runs, "run", after)


async def test_events_reach_a_follower_one_by_one_as_they_are_made(worker: Opening) -> None:
    maker, other = await worker(), await worker()
    await maker.begin("run", "me")
    events = some_events(20)
    async with aclosing(other.read("run", 0)) as pages:
        for number, event in enumerate(events, 1):
            waiting = asyncio.ensure_future(anext(pages))
            await asyncio.sleep(0.005)
            await maker.append("run", number, [event], is_last=number == len(events))
            assert await waiting == [event]
        with pytest.raises(StopAsyncIteration):
            await anext(pages)


async def test_any_bytes_come_through_and_so_do_some_megabytes(worker: Opening) -> None:
    maker, other = await worker(), await worker()
    events = [
        b"",
        bytes(range(256)),
        b"\r\n$-1\r\n*0\r\n",
        "Grüße 🙂".encode(),
        b"\x00" * 6_000_000,
    ]
    await maker.begin("run", "me")
    following = asyncio.create_task(read_all(other, "run"))
    await maker.append("run", 1, events[:2], is_last=False)
    await maker.append("run", 3, events[2:], is_last=True)
    assert await following == events
    assert await read_all(other, "run") == events


async def test_many_read_one_run_at_a_time(worker: Opening) -> None:
    maker, other = await worker(), await worker()
    events = some_events(200)
    await maker.begin("run", "me")
    reading = [
        asyncio.create_task(read_all(runs, "run", after))
        for runs in (maker, other)
        for after in range(10)
    ]
    for number, event in enumerate(events, 1):
        await maker.append("run", number, [event], is_last=number == len(events))
    assert await asyncio.gather(*reading) == [events[after:] for after in range(10)] * 2


async def test_there_may_be_more_commands_at_a_time_than_connections(worker: Opening) -> None:
    runs = await worker()
    names = [f"run-{number}" for number in range(5 * redis_connections.MOST_AT_A_TIME)]
    await asyncio.gather(*(runs.begin(name, name) for name in names))
    await asyncio.gather(*(runs.append(name, 1, [b"x"], is_last=True) for name in names))
    assert await asyncio.gather(*(runs.owner(name) for name in names)) == names


def test_it_works_in_uvloop_too(server: RedisServer) -> None:
    async def share() -> list[bytes]:
        runs = RedisStore(server.url, keep_s=60, live_s=60, prefix=f"test-{uuid4().hex}:")
        await runs.open(lambda _: None)
        await runs.begin("run", "me")
        following = asyncio.create_task(read_all(runs, "run"))
        await runs.append("run", 1, some_events(3), is_last=True)
        events = await following
        await runs.aclose()
        return events

    assert uvloop.run(share()) == some_events(3)
