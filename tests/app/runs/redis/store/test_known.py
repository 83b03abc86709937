"""What all workers know of a run."""

from uuid import uuid4

import pytest
import redis.asyncio

from app.errors import RunNotFoundError, RunStoreError
from tests.support.redis_runs import Opening, keys_of, read_all, some_events


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
