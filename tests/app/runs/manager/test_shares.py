"""Callers share what is kept, and the places of runs whose reader has gone."""

import pytest
from starlette.requests import ClientDisconnect

from app.errors import EventsGoneError, OverloadedError
from app.runs.run import Run
from app.streaming.batches import Batch, LastBatch
from tests.support.runs import MB, Answer, Opening, Worker, error_event, some, until


async def begin(worker: Worker, answer: Answer, run_id: str, address: str) -> Run:
    return await worker.runs.start(run_id, "me", answer.events(), error_event, address)


async def keep(worker: Worker, run_id: str, address: str, size: int = 1) -> None:
    """A run that is over."""
    before = worker.admission.count
    await begin(worker, Answer(LastBatch(some(1, 1, size=size))), run_id, address)
    await until(lambda: worker.admission.count == before)


async def test_one_who_begins_many_runs_pushes_out_its_own(open_worker: Opening) -> None:
    worker = await open_worker(resume_runs=4)
    await keep(worker, "mine", "here")
    for number in range(20):
        await keep(worker, str(number), "there")
    assert await worker.has("mine")
    assert [await worker.has(str(number)) for number in (16, 17, 18, 19)] == [False, *[True] * 3]


async def test_one_who_fills_the_bytes_pushes_out_its_own(open_worker: Opening) -> None:
    worker = await open_worker(resume_mb=1)
    await keep(worker, "mine", "here", size=100_000)
    for number in range(20):
        await keep(worker, str(number), "there", size=300_000)
    assert await worker.has("mine")
    assert await worker.has("19")
    assert not await worker.has("16")


async def test_a_long_run_of_one_shortens_not_what_another_keeps(open_worker: Opening) -> None:
    worker = await open_worker(resume_mb=1)
    await keep(worker, "mine", "here", size=100_000)
    going_on = Answer()
    short = await begin(worker, Answer(Batch(some(1, 5, size=10_000))), "short", "here")
    long = await begin(worker, going_on, "long", "there")
    for number in range(1, 201):
        going_on.say(Batch(some(number, number, size=10_000)))
        await until(lambda number=number: long.last == number)
        assert short.size + long.size + 100_000 <= MB
    assert long.first > 1
    assert short.first == 1
    assert await worker.has("mine")
    with pytest.raises(EventsGoneError):
        await worker.read("long")


async def test_one_whose_runs_all_go_on_keeps_nobody_else_from_beginning(
    open_worker: Opening,
) -> None:
    worker = await open_worker(resume_runs=4, max_streams=100)
    for number in range(4):
        await begin(worker, Answer(Batch(some(1, 1))), str(number), "there")
    with pytest.raises(OverloadedError, match="RAG_RESUME_RUNS is 4"):
        await begin(worker, Answer(), "refused", "there")
    for number in range(2):
        await begin(worker, Answer(), f"mine {number}", "here")
    with pytest.raises(OverloadedError, match="RAG_RESUME_RUNS is 4"):
        await begin(worker, Answer(), "refused", "here")
    await begin(worker, Answer(), "elsewhere", "elsewhere")
    assert worker.admission.count == 7


async def test_a_run_without_a_reader_that_has_to_go_is_kept_and_says_why(
    open_worker: Opening,
) -> None:
    worker = await open_worker(max_streams=8, max_unread=1)
    answers = [Answer(Batch(some(1, 1))) for _ in range(2)]
    for number, answer in enumerate(answers):
        await begin(worker, answer, str(number), "here")
        worker.admission.admit_reader(str(number), "me").leave()
    await until(lambda: worker.admission.count == 1)
    assert answers[0].has_ended, "its model is at work no longer"
    assert await worker.read("0") == [*some(1, 1), b"error cancelled"]
    answers[1].say(LastBatch(some(2, 2)))
    assert await worker.read("1") == some(1, 2)


async def test_a_run_that_ends_with_its_reader_pushes_no_other_out(open_worker: Opening) -> None:
    worker = await open_worker(max_streams=8, max_unread=1)
    alone = Answer(Batch(some(1, 1)))
    await begin(worker, alone, "alone", "here")
    worker.admission.admit_reader("alone", "me").leave()
    for number in range(5):
        answer = Answer(Batch(some(1, 1)))
        run = await begin(worker, answer, str(number), "here")
        with worker.admission.admit_reader(str(number), "me"):
            answer.say(LastBatch(some(2, 2)))
            await until(lambda run=run: run.is_over)
        assert worker.admission.unread == 1
    alone.say(LastBatch(some(2, 2)))
    assert await worker.read("alone") == some(1, 2)


async def test_a_run_that_waits_for_a_place_begins_when_there_is_one(
    open_worker: Opening,
) -> None:
    worker = await open_worker(max_streams=4, spare_streams=0, place_timeout_s=60)
    others = [Answer() for _ in range(4)]
    for number, answer in enumerate(others):
        await begin(worker, answer, str(number), "there")
    mine = Answer(LastBatch(some(1, 1)))
    others[0].say(LastBatch(some(1, 1)))
    await begin(worker, mine, "mine", "here")
    assert await worker.read("mine") == some(1, 1)


async def test_a_run_for_which_no_place_becomes_free_is_never_begun(open_worker: Opening) -> None:
    worker = await open_worker(max_streams=4, spare_streams=0, place_timeout_s=0.01)
    for number in range(4):
        await begin(worker, Answer(), str(number), "there")
    mine = Answer()
    with pytest.raises(OverloadedError, match=r"\(4 at a time, see RAG_MAX_STREAMS"):
        await begin(worker, mine, "mine", "here")
    assert mine.starts == 0
    assert worker.admission.count == 4


async def test_who_leaves_while_waiting_for_a_place_has_no_run(open_worker: Opening) -> None:
    worker = await open_worker(max_streams=4, spare_streams=0, place_timeout_s=60)
    others = [Answer() for _ in range(4)]
    for number, answer in enumerate(others):
        await begin(worker, answer, str(number), "there")
    mine = Answer()

    async def is_gone() -> bool:
        return True

    others[0].say(LastBatch(some(1, 1)))
    with pytest.raises(ClientDisconnect):
        await worker.runs.start("mine", "me", mine.events(), error_event, "here", is_gone)
    assert mine.starts == 0
    assert worker.admission.count == 3
    assert not await worker.has("mine")
