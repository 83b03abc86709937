"""A Redis that is away, hangs, refuses or is named wrongly."""

import asyncio
import logging
import time
from contextlib import aclosing
from uuid import uuid4

import pytest
import redis.asyncio

from app.errors import RunStoreError
from app.runs.redis import connections as redis_connections
from app.runs.redis import heartbeat as redis_heartbeat
from app.runs.redis.store import RedisStore
from rag_stream.errors import SettingsError
from tests.support.ports import free_port
from tests.support.redis_runs import Opening, keys_of, read_all, some_events, until
from tests.support.redis_server import RedisServer


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
