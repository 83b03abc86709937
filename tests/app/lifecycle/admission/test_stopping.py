"""Who is asked to leave, and how it is told."""

import asyncio

import pytest

from app.errors import RunCancelledError, ShuttingDownError
from app.lifecycle.admission import Admission
from app.lifecycle.ticket import Ticket
from rag_stream.errors import RagError
from tests.support.run_readers import turns


class Work:
    """Something that goes on inside until it is told to end; keeps what it was told."""

    def __init__(self, ticket: Ticket) -> None:
        self.reason: RagError | None = None
        self.began = False
        self._ticket = ticket
        self.task = asyncio.create_task(self._go_on())

    async def _go_on(self) -> None:
        with self._ticket as ticket:
            try:
                self.began = True
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.reason = ticket.stopped()
                if self.reason is None:
                    raise
                await asyncio.sleep(0)  # it may still say something to its client


async def test_of_several_reasons_the_first_counts(admission: Admission) -> None:
    ticket = admission.admit(["a"], "me")
    work = Work(ticket)
    await turns()
    first = RunCancelledError("first")
    ticket.stop(first)
    ticket.stop(ShuttingDownError("second"))
    await turns(1)
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
    await turns()
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
    await turns()
    work.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work.task
    assert work.reason is None


async def test_who_has_left_is_not_stopped_any_more(admission: Admission) -> None:
    with admission.admit(["a"], "me") as ticket:
        pass
    ticket.stop(RunCancelledError("too late"))  # would cancel this test
    await turns()
    assert ticket.stopped() is None


async def test_a_run_is_stopped_by_its_id(admission: Admission) -> None:
    one, other = Work(admission.admit(["a"], "me")), Work(admission.admit(["b"], "you"))
    await turns()
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
    await turns()
    admission.stop("b", RunCancelledError("over"))
    await work.task
    assert work.reason is not None
    assert admission.count == 0


async def test_all_runs_are_stopped_and_then_those_who_read(admission: Admission) -> None:
    works = [Work(admission.admit([run_id], "me")) for run_id in "ab"]
    reading = Work(admission.admit_reader("a", "me"))
    await turns()
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
    await turns()
    ticket.settle()
    ticket.stop(ShuttingDownError("over"))
    await turns()
    assert not work.task.done()
    ticket.abandon()
    await asyncio.gather(work.task, return_exceptions=True)
    assert work.reason is None
