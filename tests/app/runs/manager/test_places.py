"""Runs need a place like any other work."""

import pytest

from app.errors import (
    OverloadedError,
    ResumeUnavailableError,
    RunNotFoundError,
    ShuttingDownError,
)
from app.streaming.batches import LastBatch
from tests.support.runs import Answer, Opening, some, until


async def test_a_run_needs_a_place_like_any_other(open_worker: Opening) -> None:
    worker = await open_worker(max_streams=1)
    answer, refused = Answer(), Answer()
    await worker.start(answer)
    with pytest.raises(OverloadedError, match="RAG_MAX_STREAMS"):
        await worker.start(refused, "refused")
    answer.say(LastBatch(some(1, 1)))
    await until(lambda: worker.admission.count == 0)
    worker.admission.close()
    with pytest.raises(ShuttingDownError):
        await worker.start(refused, "refused")
    with pytest.raises(RunNotFoundError):
        await worker.read("refused")
    assert refused.starts == 0
    assert await worker.read() == some(1, 1)


async def test_several_workers_need_something_to_share_runs_through(open_worker: Opening) -> None:
    worker = await open_worker(web_concurrency=2)
    answer = Answer()
    with pytest.raises(ResumeUnavailableError, match="REDIS_URL"):
        await worker.start(answer)
    assert (worker.admission.count, answer.starts) == (0, 0)
