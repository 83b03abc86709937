"""The everyday questions' vectors are fetched once for all who ask, beside their questions."""

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import replace

import numpy as np
import pytest

from rag_stream.calibration.everyday import everyday
from rag_stream.calibration.everydayness import Everydayness
from rag_stream.calibration.kept import PAGE, keep, name_of
from rag_stream.calibration.kept_loads import FAILURE_S, MISS_S
from rag_stream.errors import IndexUnavailableError
from rag_stream.index.client import Collection
from rag_stream.index.reader import IndexReader
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.settings import Settings
from tests.support.counted_index import PATIENT_S, counted
from tests.support.retrieval import nothing_left

COUNT = sum(map(len, everyday().values()))
VECTORS = np.random.default_rng(5).standard_normal((COUNT, 4)).astype(np.float32)
ASKED = [0.5, -0.25, 0.125, 1.0]
SNAPSHOT = IndexSnapshot(Collection("1", "docs", {"generation": 3}), 3, "model")


@pytest.fixture
async def index(settings: Settings) -> AsyncIterator[IndexReader]:
    index = IndexReader(settings)
    yield index
    await index.aclose()


async def test_who_ask_at_once_share_one_load(index: IndexReader, settings: Settings) -> None:
    model = "shared"
    await keep(await index.client(), model, VECTORS)
    async with counted(settings) as (kept, client, _):
        told = await asyncio.gather(
            *(kept.everydayness(model, ASKED, SNAPSHOT) for _ in range(20)),
            kept.load(model, len(ASKED)),
        )
        assert client.finds == 1
        # In pages, that the event loop is given back between them; each vector once.
        assert sum(client.pages) == COUNT
        assert max(client.pages) <= PAGE
        # And what is made of them all is made beside the event loop.
        assert client.threads
        assert threading.get_ident() not in client.threads
    like = Everydayness(VECTORS).of(ASKED)
    assert told[:20] == [pytest.approx(like, abs=1e-5)] * 20


async def test_until_they_have_come_nothing_is_told(index: IndexReader, settings: Settings) -> None:
    model = "slow"
    await keep(await index.client(), model, VECTORS)
    async with counted(settings, wait_s=0) as (kept, client, _):
        client.free.clear()
        for _ in range(3):
            assert await kept.everydayness(model, ASKED, SNAPSHOT) is None
        await client.asked.wait()
        client.free.set()
        await kept.load(model, len(ASKED))  # the same one
        assert client.finds == 1
        assert await kept.everydayness(model, ASKED, SNAPSHOT) is not None


async def test_who_comes_late_waits_for_what_is_left_of_the_time(settings: Settings) -> None:
    async with counted(settings, wait_s=PATIENT_S) as (kept, client, clock):
        client.free.clear()
        first = asyncio.create_task(kept.everydayness("late", ASKED, SNAPSHOT))
        await client.asked.wait()
        clock.now += PATIENT_S
        assert await kept.everydayness("late", ASKED, SNAPSHOT) is None
        assert not first.done()
        client.free.set()
        assert await first is None
        assert client.finds == 1


async def test_who_leaves_takes_no_load_from_the_others(
    index: IndexReader, settings: Settings
) -> None:
    model = "left"
    await keep(await index.client(), model, VECTORS)
    async with counted(settings) as (kept, client, _):
        client.free.clear()
        asking = [asyncio.create_task(kept.everydayness(model, ASKED)) for _ in range(2)]
        loading = asyncio.create_task(kept.load(model, len(ASKED)))
        await client.asked.wait()
        for task in (asking[0], loading):
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        client.free.set()
        assert await asking[1] is not None
        assert client.finds == 1


async def test_what_is_closed_leaves_no_load(settings: Settings) -> None:
    async with nothing_left(), counted(settings, wait_s=0) as (kept, client, _):
        client.free.clear()
        assert await kept.everydayness("closed", ASKED) is None
        await client.asked.wait()


async def test_what_is_not_there_is_looked_for_again_when_the_index_changes_or_after_a_while(
    index: IndexReader, settings: Settings
) -> None:
    model = "missing"
    async with counted(settings) as (kept, client, clock):

        async def told(snapshot: IndexSnapshot) -> float | None:
            return await kept.everydayness(model, ASKED, snapshot)

        assert [await told(SNAPSHOT) for _ in range(5)] == [None] * 5
        assert client.finds == 1
        later = replace(SNAPSHOT, generation=4)
        assert [await told(later) for _ in range(5)] == [None] * 5
        assert client.finds == 2
        calibrated = replace(
            later, collection=Collection("1", "docs", {"generation": 4, "more": 1})
        )
        assert [await told(calibrated) for _ in range(5)] == [None] * 5
        assert client.finds == 3
        await keep(await index.client(), model, VECTORS)
        clock.now += MISS_S - 1
        assert await told(calibrated) is None
        assert client.finds == 3
        clock.now += 1
        assert await told(calibrated) is not None
        assert client.finds == 4


async def test_what_is_half_put_there_is_not_fetched_for_every_question(
    index: IndexReader, settings: Settings
) -> None:
    model = "half"
    real = await index.client()
    await keep(real, model, VECTORS)
    collection = await real.find(name_of(model, len(ASKED)))
    assert collection is not None
    await real.delete(collection, ["7"])
    async with counted(settings) as (kept, client, _):
        assert [await kept.everydayness(model, ASKED, SNAPSHOT) for _ in range(3)] == [None] * 3
        assert sum(client.pages) == COUNT - 1


async def test_an_index_that_fails_is_asked_again_sooner(
    index: IndexReader, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    model = "failing"
    await keep(await index.client(), model, VECTORS)
    caplog.set_level("INFO", "rag_stream.calibration.kept_loads")
    async with counted(settings) as (kept, client, clock):
        client.fails = True
        assert [await kept.everydayness(model, ASKED, SNAPSHOT) for _ in range(3)] == [None] * 3
        assert client.finds == 1
        assert "could not be read: the index server does not answer" in caplog.text
        client.fails = False
        clock.now += FAILURE_S - 1
        assert await kept.everydayness(model, ASKED, SNAPSHOT) is None
        clock.now += 1
        assert await kept.everydayness(model, ASKED, SNAPSHOT) is not None
        assert client.finds == 2


async def test_who_loads_is_told_that_the_index_fails(settings: Settings) -> None:
    async with counted(settings) as (kept, client, _):
        client.fails = True
        with pytest.raises(IndexUnavailableError):
            await kept.load("failing", len(ASKED))
