"""Which run a chat's is, in one worker and in two that share a real Redis."""

import asyncio
import gc
from collections.abc import AsyncIterator

import pytest

from app.runs.chats import Chats
from app.runs.redis import events as redis_events
from app.streaming.batches import Batch, LastBatch
from tests.support.redis_server import RedisServer
from tests.support.runs import Answer, Worker, turns, until


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    worker = Worker()
    await worker.runs.open()
    yield worker
    await worker.runs.aclose()


@pytest.fixture
def chats(worker: Worker) -> Chats:
    return Chats(worker.runs, worker.admission)


async def test_a_chats_run_is_known_to_its_caller_alone(worker: Worker, chats: Chats) -> None:
    run = await worker.start(Answer(Batch([b"a"])))
    await chats.enter("me", "chat", run)
    assert await chats.latest("me", "chat") == "run"
    assert await chats.latest("somebody", "chat") is None
    assert await chats.latest("me", "another") is None


async def test_one_that_is_over_is_there_for_who_wants_it(worker: Worker, chats: Chats) -> None:
    await chats.enter("me", "chat", await worker.start(Answer(LastBatch([b"a"]))))
    await worker.read()
    assert await chats.latest("me", "chat") is None
    assert await chats.latest("me", "chat", ended=True) == "run"


async def test_no_chat_keeps_a_run_longer_than_it_is_kept(worker: Worker, chats: Chats) -> None:
    await chats.enter("me", "chat", await worker.start(Answer(LastBatch([b"a"]))))
    await worker.read()
    await worker.runs.open()  # which forgets all
    await turns()
    gc.collect()
    assert await chats.latest("me", "chat", ended=True) is None


async def test_the_run_before_is_stopped_where_nobody_reads_it(
    worker: Worker, chats: Chats
) -> None:
    read, unread = Answer(Batch([b"a"])), Answer(Batch([b"b"]))
    await chats.enter("me", "chat", await worker.start(read, "read"))
    reader = worker.admission.admit_reader("read", "me")
    await chats.enter("me", "chat", await worker.start(unread, "unread"))
    worker.admission.admit_reader("unread", "me").leave()
    await chats.enter("me", "chat", await worker.start(Answer(), "latest"))
    await until(lambda: unread.has_ended)
    assert not read.has_ended
    assert await chats.latest("me", "chat") == "latest"
    reader.leave()


async def test_workers_that_share_a_store_share_chats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_events, "WAIT_MS", 200)
    with RedisServer() as redis:
        one, other = (Worker(redis_url=redis.url, web_concurrency=2) for _ in range(2))
        try:
            for worker in (one, other):
                await worker.runs.open()
            chats = [Chats(worker.runs, worker.admission) for worker in (one, other)]
            first, second = Answer(Batch([b"a"])), Answer(Batch([b"b"]))
            await chats[0].enter("me", "chat", await one.start(first, "first"))
            assert await chats[1].latest("me", "chat") == "first"
            assert await chats[1].latest("somebody", "chat") is None
            await chats[1].enter("me", "chat", await other.start(second, "second"))
            assert [await each.latest("me", "chat") for each in chats] == ["second", "second"]
            second.say(LastBatch([b"c"]))
            assert await one.read("second") == [b"b", b"c"]
            async with asyncio.timeout(10):
                while await chats[0].latest("me", "chat") is not None:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            assert await chats[0].latest("me", "chat", ended=True) == "second"
        finally:
            for worker in (one, other):
                await worker.runs.aclose()
