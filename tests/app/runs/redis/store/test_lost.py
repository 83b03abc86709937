"""Runs whose worker has gone."""

import asyncio
from contextlib import aclosing

import pytest

from app.errors import RunLostError
from app.runs.redis import heartbeat as redis_heartbeat
from tests.support.redis_runs import Opening, read_all, some_events


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
