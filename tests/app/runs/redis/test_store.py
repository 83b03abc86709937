"""Runs that workers share through a real Redis: replayed, followed, stopped, lost and expired."""

import asyncio
import logging
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing
from itertools import chain
from uuid import uuid4

import pytest
import redis.asyncio
import uvloop

from app.errors import EventsGoneError, RunLostError, RunNotFoundError, RunStoreError
from app.runs.redis import connections as redis_connections
from app.runs.redis import events as redis_events
from app.runs.redis import heartbeat as redis_heartbeat
from app.runs.redis.store import RedisStore
from rag_stream.errors import SettingsError
from tests.support.paths import ROOT
from tests.support.redis_server import RedisServer
from tests.support.service import free_port

Opening = Callable[..., Awaitable[RedisStore]]


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with RedisServer() as started:
        yield started


@pytest.fixture
async def client(server: RedisServer) -> AsyncIterator["redis.asyncio.Redis"]:
    async with redis.asyncio.Redis.from_url(server.url) as client:
        yield client


@pytest.fixture
async def worker(server: RedisServer) -> AsyncIterator[Opening]:
    """Opens workers that know of one another, and of no other test's."""
    prefix = f"test-{uuid4().hex}:"
    opened = []

    async def open_one(
        stop: Callable[[str], None] = lambda _: None,
        *,
        url: str = server.url,
        keep_s: float = 60,
        live_s: float = 60,
    ) -> RedisStore:
        runs = RedisStore(url, keep_s=keep_s, live_s=live_s, prefix=prefix)
        await runs.open(stop)
        opened.append(runs)
        return runs

    yield open_one
    for runs in opened:
        await runs.aclose()


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes seconds in earnest takes tenths of them."""
    monkeypatch.setattr(redis_events, "WAIT_MS", 200)
    monkeypatch.setattr(redis_heartbeat, "BEAT_S", 0.1)
    monkeypatch.setattr(redis_heartbeat, "BEAT_LASTS_S", 0.5)
    monkeypatch.setattr(redis_heartbeat, "RETRY_S", 0.1)


def some_events(count: int) -> list[bytes]:
    return [f"id: {number}\ndata: {number}\n\n".encode() for number in range(1, count + 1)]


async def read_all(runs: RedisStore, run_id: str, after: int = 0) -> list[bytes]:
    async with aclosing(runs.read(run_id, after)) as pages:
        return list(chain.from_iterable([page async for page in pages]))


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await is_so():  # noqa: ASYNC110 - Redis tells, or the log
            await asyncio.sleep(0.02)


async def keys_of(client: "redis.asyncio.Redis", run_id: str) -> list[bytes]:
    return [key async for key in client.scan_iter(match=f"*{run_id}*")]


# Replaying and following


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


# What is known of a run


async def test_the_owner_is_known_to_all_workers(worker: Opening) -> None:
    maker, other = await worker(), await worker()
    await maker.begin("run", "a digest of me")
    assert await other.owner("run") == "a digest of me"
    assert await other.owner("another") is None


async def test_a_run_nobody_knows_can_be_neither_read_nor_stopped(worker: Opening) -> None:
    runs = await worker()
    with pytest.raises(RunNotFoundError):
        await read_all(runs, "run")
    with pytest.raises(RunNotFoundError):
        await runs.stop("run")


async def test_a_run_is_begun_only_once(worker: Opening) -> None:
    maker, other = await worker(), await worker()
    await maker.begin("run", "me")
    with pytest.raises(RunStoreError, match="expected a new one"):
        await other.begin("run", "somebody else")
    assert await other.owner("run") == "me"


async def test_adding_again_what_is_there_changes_nothing(worker: Opening) -> None:
    runs = await worker()
    events = some_events(4)
    await runs.begin("run", "me")
    await runs.append("run", 1, events[:2], is_last=False)
    await runs.append("run", 1, events[:3], is_last=False)
    await runs.append("run", 3, events[2:], is_last=True)
    await runs.append("run", 3, events[2:], is_last=True)
    assert await read_all(runs, "run") == events


async def test_nothing_is_added_to_a_run_that_is_not_known(
    worker: Opening, client: "redis.asyncio.Redis"
) -> None:
    runs, name = await worker(), uuid4().hex
    with pytest.raises(RunStoreError, match="does not have the run"):
        await runs.append(name, 5, [b"x"], is_last=False)
    assert await keys_of(client, name) == []


async def test_adding_no_event_is_a_mistake(worker: Opening) -> None:
    runs = await worker()
    await runs.begin("run", "me")
    with pytest.raises(ValueError, match="expected one or more"):
        await runs.append("run", 1, [], is_last=True)


# Gone: expired, trimmed, forgotten


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


# Workers that go


@pytest.mark.usefixtures("_impatient")
async def test_a_run_whose_worker_has_gone_is_lost_after_its_last_event(worker: Opening) -> None:
    maker, other = await worker(), await worker()
    await maker.begin("run", "me")
    await maker.append("run", 1, some_events(2), is_last=False)
    async with aclosing(other.read("run", 0)) as pages:
        assert await anext(pages) == some_events(2)
        await maker.aclose()
        with pytest.raises(RunLostError):
            await anext(pages)
    with pytest.raises(RunLostError):
        await read_all(other, "run")


@pytest.mark.usefixtures("_impatient")
async def test_a_worker_that_dies_without_a_word_is_missed(
    worker: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Ended at once, it cannot take its sign of life back: that has to expire.
    monkeypatch.setattr(redis_heartbeat.Heartbeat, "aclose", _killed)
    maker, other = await worker(), await worker()
    await maker.begin("run", "me")
    following = asyncio.create_task(read_all(other, "run"))
    await maker.aclose()
    with pytest.raises(RunLostError):
        await following


async def _killed(worker: redis_heartbeat.Heartbeat) -> None:
    assert worker._working is not None
    worker._working.cancel()
    await asyncio.gather(worker._working, return_exceptions=True)


async def test_an_ended_run_outlives_its_worker(worker: Opening) -> None:
    maker, other = await worker(), await worker()
    await maker.begin("run", "me")
    await maker.append("run", 1, some_events(2), is_last=True)
    await maker.aclose()
    assert await read_all(other, "run") == some_events(2)


@pytest.mark.usefixtures("_impatient")
async def test_a_silent_worker_is_not_taken_for_a_lost_one(worker: Opening) -> None:
    maker, other = await worker(), await worker()
    await maker.begin("run", "me")
    following = asyncio.create_task(read_all(other, "run"))
    await asyncio.sleep(4 * redis_heartbeat.BEAT_LASTS_S)
    await maker.append("run", 1, some_events(1), is_last=True)
    assert await following == some_events(1)


# Stopping


async def test_any_worker_stops_a_run_and_waits_for_its_end(worker: Opening) -> None:
    asked: list[str] = []
    ending: list[asyncio.Task[None]] = []

    def stop(run_id: str) -> None:
        asked.append(run_id)
        end = maker.append(run_id, 3, [b"end"], is_last=True)
        ending.append(asyncio.ensure_future(end))

    maker, other = await worker(stop), await worker()
    await maker.begin("run", "me")
    await maker.append("run", 1, some_events(2), is_last=False)
    assert await other.stop("run")
    assert await read_all(other, "run", 2) == [b"end"]
    assert await other.stop("run"), "a run that has ended needs no stopping"
    await asyncio.gather(*ending)
    assert asked == ["run"]


async def test_a_run_that_does_not_end_in_time_is_not_called_stopped(worker: Opening) -> None:
    asked: list[str] = []
    maker, other = await worker(asked.append), await worker()
    await maker.begin("run", "me")
    assert not await other.stop("run", wait_s=0.3)
    assert asked == ["run"]


async def test_a_mistake_in_stopping_one_run_does_not_keep_others_from_being_stopped(
    worker: Opening, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[str] = []

    def stop(run_id: str) -> None:
        asked.append(run_id)
        raise LookupError("not mine")

    maker = await worker(stop)
    for name in ("one", "two"):
        await maker.begin(name, "me")
        assert not await maker.stop(name, wait_s=0.3)
    assert asked == ["one", "two"]
    assert "run two could not be stopped" in caplog.text


# Outages


@pytest.mark.usefixtures("_impatient")
async def test_an_outage_is_told_at_once_and_gets_over(
    worker: Opening, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with RedisServer(password="very-secret") as redis:
        asked: list[str] = []
        maker = await worker(asked.append, url=redis.url)
        other = await worker(url=redis.url)
        await maker.begin("run", "me")
        await maker.append("run", 1, some_events(1), is_last=False)
        async with aclosing(other.read("run", 0)) as pages:
            await anext(pages)
            following = asyncio.ensure_future(anext(pages))
            await asyncio.sleep(0.05)
            redis.stop()
            with pytest.raises(RunStoreError):
                await following
        for work in (
            maker.begin("new", "me"),
            maker.append("run", 2, [b"x"], is_last=False),
            maker.owner("run"),
            maker.trim("run", 1),
            maker.forget("run"),
            maker.stop("run"),
            read_all(maker, "run"),
        ):
            with pytest.raises(RunStoreError):
                await work
        before = time.process_time()
        await asyncio.sleep(1)
        assert time.process_time() - before < 0.5, "nobody spins"

        redis.start()

        async def are_back() -> bool:
            return caplog.text.count("answers again") == 2

        await until(are_back)
        await maker.begin("run", "me again")
        assert not await other.stop("run", wait_s=0.3)
        assert asked == ["run"], "the request reaches the new subscription"
        following = asyncio.ensure_future(read_all(other, "run"))
        await maker.append("run", 1, some_events(2), is_last=True)
        assert await following == some_events(2)
        await asyncio.sleep(2 * redis_heartbeat.BEAT_LASTS_S)
        assert await maker._heartbeat.is_alive(maker._heartbeat.name), "its sign of life goes on"
        await maker.aclose()
        await other.aclose()
    assert caplog.text.count("does not answer") == 2, "once for each worker"
    assert caplog.text.count("answers again") == 2
    assert f"127.0.0.1:{redis.port}" in caplog.text
    assert "very-secret" not in caplog.text


@pytest.mark.usefixtures("_impatient")
async def test_a_redis_that_hangs_does_not_hang_its_users(
    worker: Opening, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(redis_connections, "COMMAND_S", 0.6)
    monkeypatch.setattr(redis_connections, "CONNECT_S", 0.3)
    with RedisServer() as redis:
        runs = await worker(url=redis.url)
        await runs.begin("run", "me")
        following = asyncio.ensure_future(read_all(runs, "run"))
        await asyncio.sleep(0.05)
        redis.freeze()
        with pytest.raises(RunStoreError):
            await following
        with pytest.raises(RunStoreError):
            await runs.owner("run")

        async def is_noticed() -> bool:
            return "does not answer" in caplog.text

        await until(is_noticed)
        redis.thaw()

        async def is_back() -> bool:
            return "answers again" in caplog.text

        await until(is_back)
        assert await runs.owner("run") == "me"
        await runs.aclose()


async def test_a_connection_closed_while_unused_is_replaced(
    worker: Opening, client: "redis.asyncio.Redis"
) -> None:
    runs = await worker()
    await runs.begin("run", "me")
    await client.client_kill_filter(_type="normal", skipme=True)
    await asyncio.sleep(0.05)
    assert await runs.owner("run") == "me"


async def test_a_refusal_is_an_error_of_the_store(
    worker: Opening, client: "redis.asyncio.Redis"
) -> None:
    runs, name = await worker(), uuid4().hex
    await runs.begin(name, "me")
    (key,) = await keys_of(client, name)
    await client.set(key.replace(b":run", b":events"), b"not a stream", ex=60)
    with pytest.raises(RunStoreError):
        await runs.append(name, 1, [b"x"], is_last=False)
    with pytest.raises(RunStoreError):
        await read_all(runs, name)


async def test_without_redis_there_is_no_opening() -> None:
    runs = RedisStore(f"redis://127.0.0.1:{free_port()}", keep_s=1, live_s=1)
    with pytest.raises(RunStoreError):
        await runs.open(lambda _: None)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    with pytest.raises(RunStoreError):
        await runs.owner("run")


async def test_a_wrong_password_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    with RedisServer(password="right") as redis:
        runs = RedisStore(redis.url.replace("right", "wrong"), keep_s=1, live_s=1)
        with pytest.raises(RunStoreError):
            await runs.open(lambda _: None)


@pytest.mark.parametrize(
    "url",
    [
        "http://me:very-secret@redis",
        "redis://me:very/secret@redis",
        "redis://me:very-secret@redis?color=red",
        "redis://me:very-secret@redis?socket_keepalive_options=no&max_connections=many",
    ],
)
async def test_an_address_that_is_none_is_named_without_its_password(url: str) -> None:
    runs = RedisStore(url, keep_s=1, live_s=1)
    with pytest.raises(SettingsError, match="REDIS_URL") as caught:
        await runs.open(lambda _: None)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


# What is left behind


async def test_a_closed_reader_leaves_neither_connection_nor_task(
    worker: Opening, client: "redis.asyncio.Redis"
) -> None:
    runs = await worker()
    await runs.begin("run", "me")
    await runs.append("run", 1, some_events(2), is_last=False)

    async def readers() -> int:
        return [each["cmd"] for each in await client.client_list()].count("xread")

    tasks = len(asyncio.all_tasks())
    pages = runs.read("run", 0)
    await anext(pages)
    assert await readers() == 1
    await pages.aclose()
    waiting = [asyncio.ensure_future(read_all(runs, "run", after)) for after in (0, 1, 2)]
    await asyncio.sleep(0.1)
    assert await readers() == 3
    for task in waiting:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def are_gone() -> bool:
        return await readers() == 0

    await until(are_gone)
    assert len(asyncio.all_tasks()) == tasks


async def test_a_cancellation_is_never_lost_whenever_it_comes(worker: Opening) -> None:
    runs = await worker()
    await runs.begin("run", "me")

    async def work() -> None:
        for number in range(1, 1_000_000):
            await runs.append("run", number, [b"x"], is_last=False)

    for steps in range(100):
        working = asyncio.create_task(work())
        for _ in range(steps):
            await asyncio.sleep(0)
        working.cancel()
        await asyncio.wait({working}, timeout=10)
        assert working.cancelled(), f"after {steps} steps"
    assert await runs.owner("run") == "me", "no connection is left with half an answer"


async def test_closing_ends_readers_connections_and_the_sign_of_life(
    worker: Opening, client: "redis.asyncio.Redis"
) -> None:
    await worker()
    connections = len(await client.client_list())
    runs = await worker()
    await runs.begin("run", "me")
    waiting = asyncio.ensure_future(read_all(runs, "run"))
    await asyncio.sleep(0.1)
    assert await keys_of(client, runs._heartbeat.name)
    await runs.aclose()
    await runs.aclose()
    with pytest.raises(RunStoreError):
        await waiting
    with pytest.raises(RunStoreError):
        await runs.begin("another", "me")
    assert await keys_of(client, runs._heartbeat.name) == []

    async def are_gone() -> bool:
        return len(await client.client_list()) <= connections

    await until(are_gone)
    assert asyncio.all_tasks() - {asyncio.current_task()}, "the other worker's goes on"


def test_redis_is_not_loaded_before_it_is_wanted() -> None:
    code = "import sys, app.runs.redis.store; sys.exit('redis' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
