"""Who is let in, found and asked to leave."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.errors import OverloadedError, RunCancelledError, ShuttingDownError
from app.lifecycle.admission import Admission, Ticket, is_same_caller
from rag_stream.errors import RagError


class Work:
    """Something that goes on inside until it is told to end; keeps what it was told."""

    def __init__(self, ticket: Ticket) -> None:
        self.reason: RagError | None = None
        self.began = False
        self._visit = ticket
        self.task = asyncio.create_task(self._go_on())

    async def _go_on(self) -> None:
        with self._visit as ticket:
            try:
                self.began = True
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.reason = ticket.stopped()
                if self.reason is None:
                    raise
                await asyncio.sleep(0)  # it may still say something to its client


@pytest.fixture(autouse=True)
async def _no_task_is_left() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    assert asyncio.all_tasks() - before - {asyncio.current_task()} == set()


@pytest.fixture
def admission() -> Admission:
    return Admission(lambda: 2)


async def _turns(count: int = 10) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


# Coming in


async def test_only_as_many_come_in_as_may(admission: Admission) -> None:
    with admission.admit(["a"], "me"), admission.admit(["b"], "me"):
        with pytest.raises(OverloadedError, match="RAG_MAX_STREAMS is 2"):
            admission.admit(["c"], "me")
        with pytest.raises(OverloadedError):
            admission.check()
        assert admission.count == 2
        assert admission.find("c", "me") is None


async def test_a_place_that_was_given_back_is_there_for_another(admission: Admission) -> None:
    one, _ = admission.admit(["a"], "me"), admission.admit(["b"], "me")
    one.leave()
    admission.check()
    assert admission.admit(["c"], "me").run_ids == ["c"]
    assert admission.count == 2


async def test_a_place_is_given_back_by_those_who_fail_too(admission: Admission) -> None:
    with pytest.raises(ValueError, match="broken"), admission.admit(["a"], "me"):
        raise ValueError("broken")
    assert admission.count == 0
    assert admission.find("a", "me") is None


async def test_the_limit_is_asked_for_each_time() -> None:
    limit = 1
    admission = Admission(lambda: limit)
    admission.admit(["a"], "me")
    with pytest.raises(OverloadedError):
        admission.check()
    limit = 2
    admission.check()


async def test_a_closed_gate_lets_nobody_in_and_nobody_out(admission: Admission) -> None:
    admission.admit(["a"], "me")
    admission.close()
    assert admission.is_closed
    with pytest.raises(ShuttingDownError):
        admission.check()
    with pytest.raises(ShuttingDownError):
        admission.admit(["b"], "me")
    assert admission.count == 1
    admission.open()
    assert not admission.is_closed
    admission.admit(["b"], "me")
    assert admission.count == 2


async def test_a_closed_gate_says_so_though_it_is_full() -> None:
    # Asking again in a second helps with the one and not with the other.
    admission = Admission(lambda: 1)
    admission.admit(["a"], "me")
    admission.close()
    with pytest.raises(ShuttingDownError):
        admission.check()


async def test_leaving_twice_does_no_harm(admission: Admission) -> None:
    with admission.admit(["a"], "me") as ticket, admission.admit(["b"], "me"):
        ticket.leave()
        ticket.leave()
        assert admission.count == 1
    ticket.leave()
    assert admission.count == 0
    assert ticket.over.is_set()


async def test_a_reader_takes_no_place() -> None:
    admission = Admission(lambda: 1)
    with admission.admit(["a"], "me") as run, admission.admit_reader("a") as ticket:
        assert ticket.run_ids == ["a"]
        assert admission.count == 1
        assert admission.find("a", "me") is run
    assert admission.count == 0


async def test_a_reader_that_leaves_takes_its_run_not_along(admission: Admission) -> None:
    run = admission.admit(["a"], "me")
    with admission.admit_reader("a"):
        pass
    assert admission.find("a", "me") is run


async def test_readers_may_come_in_after_the_gate_was_closed(admission: Admission) -> None:
    admission.close()
    with admission.admit_reader("a"):
        assert admission.count == 0


# Being found


async def test_a_run_is_found_by_its_caller_and_by_nobody_else(admission: Admission) -> None:
    ticket = admission.admit(["a"], "me")
    assert admission.find("a", "me") is ticket
    assert admission.find("a", "you") is None
    assert admission.find("b", "me") is None
    ticket.leave()
    assert admission.find("a", "me") is None


async def test_a_batch_takes_one_place_and_is_found_by_each_of_its_runs() -> None:
    admission = Admission(lambda: 1)
    with admission.admit(["a", "b", "c"], "me") as ticket:
        assert admission.count == 1
        assert [admission.find(run_id, "me") for run_id in "abc"] == [ticket] * 3
    assert admission.count == 0
    assert [admission.find(run_id, "me") for run_id in "abc"] == [None] * 3


@pytest.mark.parametrize(("one", "other", "same"), [("a", "a", True), ("a", "b", False)])
async def test_callers_are_compared(one: str, other: str, same: bool) -> None:
    assert is_same_caller(one, other) is same


# Being stopped


async def test_of_several_reasons_the_first_counts(admission: Admission) -> None:
    ticket = admission.admit(["a"], "me")
    work = Work(ticket)
    await _turns()
    first = RunCancelledError("first")
    ticket.stop(first)
    ticket.stop(ShuttingDownError("second"))
    await _turns(1)
    ticket.stop(ShuttingDownError("third"))  # while it says its last words
    await work.task
    assert work.reason is first
    assert work.task.cancelling() == 0


async def test_work_that_is_stopped_before_it_has_begun_ends_too(admission: Admission) -> None:
    ticket = admission.admit(["a"], "me")
    reason = RunCancelledError("already")
    ticket.stop(reason)
    work = Work(ticket)
    await work.task
    assert work.reason is reason
    assert admission.count == 0


@pytest.mark.parametrize("stop_first", [True, False])
async def test_a_cancellation_from_outside_stays_one_though_it_was_stopped_as_well(
    admission: Admission, stop_first: bool
) -> None:
    ticket = admission.admit(["a"], "me")
    work = Work(ticket)
    await _turns()
    if stop_first:
        ticket.stop(RunCancelledError("over"))
    work.task.cancel()
    if not stop_first:
        ticket.stop(RunCancelledError("over"))
    with pytest.raises(asyncio.CancelledError):
        await work.task
    assert work.reason is None
    assert admission.count == 0


async def test_a_cancellation_alone_is_no_stop(admission: Admission) -> None:
    work = Work(admission.admit(["a"], "me"))
    await _turns()
    work.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work.task
    assert work.reason is None


async def test_who_has_left_is_not_stopped_any_more(admission: Admission) -> None:
    with admission.admit(["a"], "me") as ticket:
        pass
    ticket.stop(RunCancelledError("too late"))  # would cancel this test
    await _turns()
    assert ticket.stopped() is None


async def test_a_run_is_stopped_by_its_id(admission: Admission) -> None:
    one, other = Work(admission.admit(["a"], "me")), Work(admission.admit(["b"], "you"))
    await _turns()
    reason = RunCancelledError("over")
    admission.stop("nobody", reason)
    admission.stop("a", reason)
    await one.task
    assert one.reason is reason
    assert not other.task.done()
    admission.stop("b", reason)
    await other.task


async def test_a_batch_is_stopped_as_a_whole(admission: Admission) -> None:
    work = Work(admission.admit(["a", "b"], "me"))
    await _turns()
    admission.stop("b", RunCancelledError("over"))
    await work.task
    assert work.reason is not None
    assert admission.count == 0


async def test_all_runs_are_stopped_and_then_those_who_read(admission: Admission) -> None:
    works = [Work(admission.admit([run_id], "me")) for run_id in "ab"]
    reading = Work(admission.admit_reader("a"))
    await _turns()
    reason = ShuttingDownError("over")
    admission.stop_all(reason)
    await asyncio.gather(*(work.task for work in works))
    assert [work.reason for work in works] == [reason] * 2
    assert not reading.task.done()
    admission.stop_readers(reason)
    await reading.task
    assert reading.reason is reason


async def test_a_visit_whose_end_is_being_told_is_not_stopped(admission: Admission) -> None:
    ticket = admission.admit(["a"], "me")
    work = Work(ticket)
    await _turns()
    ticket.settle()
    ticket.stop(ShuttingDownError("over"))
    await _turns()
    assert not work.task.done()
    ticket.abandon()
    await asyncio.gather(work.task, return_exceptions=True)
    assert work.reason is None


async def test_the_end_is_waited_for_with_readers_too(admission: Admission) -> None:
    reader = admission.admit_reader("a")
    waiting = asyncio.create_task(admission.empty())
    await _turns()
    assert not waiting.done()
    reader.leave()
    async with asyncio.timeout(5):
        await waiting


# Waiting for the end


async def test_nobody_inside_is_nobody_to_wait_for(admission: Admission) -> None:
    async with asyncio.timeout(5):
        await admission.empty()


async def test_the_last_one_to_leave_ends_the_waiting(admission: Admission) -> None:
    one, other = admission.admit(["a"], "me"), admission.admit(["b"], "me")
    waiting = asyncio.create_task(admission.empty())
    await _turns()
    one.leave()
    await _turns()
    assert not waiting.done()
    other.leave()
    async with asyncio.timeout(5):
        await waiting


async def test_who_comes_in_the_same_moment_is_waited_for(admission: Admission) -> None:
    one = admission.admit(["a"], "me")
    waiting = asyncio.create_task(admission.empty())
    await _turns()
    one.leave()
    other = admission.admit(["b"], "me")
    await _turns()
    assert not waiting.done()
    other.leave()
    async with asyncio.timeout(5):
        await waiting


async def test_several_may_wait_for_the_end(admission: Admission) -> None:
    ticket = admission.admit(["a"], "me")
    waiting = [asyncio.create_task(admission.empty()) for _ in range(3)]
    await _turns()
    ticket.leave()
    await _turns()
    still = [task for task in waiting if not task.done()]
    for task in still:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert still == []


async def test_who_gives_up_waiting_does_not_keep_others_from_it(admission: Admission) -> None:
    ticket = admission.admit(["a"], "me")
    given_up = asyncio.create_task(admission.empty())
    await _turns()
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    waiting = asyncio.create_task(admission.empty())
    await _turns()
    ticket.leave()
    async with asyncio.timeout(5):
        await waiting
