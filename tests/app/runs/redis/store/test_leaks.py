"""Nothing is left behind."""

import asyncio
import subprocess
import sys

import pytest
import redis.asyncio

from app.errors import RunStoreError
from tests.support.paths import ROOT
from tests.support.redis_runs import Opening, keys_of, read_all, some_events, until


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

    async def are_there() -> bool:
        return await readers() == 3

    await until(are_there)
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

    async def is_alive() -> bool:
        return bool(await keys_of(client, runs._heartbeat.name))

    await until(is_alive)
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
