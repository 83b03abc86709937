"""Any worker stops a run."""

import asyncio

import pytest

from tests.support.redis_runs import Opening, read_all, some_events


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
