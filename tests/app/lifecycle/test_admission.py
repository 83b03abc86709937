"""Who is let in, found and asked to leave."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.errors import OverloadedError, RunCancelledError, ShuttingDownError
from app.lifecycle.admission import Gate, Visit, is_same_caller
from rag_stream.errors import RagError


class Work:
    """Something that goes on inside until it is told to end; keeps what it was told."""

    def __init__(self, visit: Visit) -> None:
        self.reason: RagError | None = None
        self.began = False
        self._visit = visit
        self.task = asyncio.create_task(self._go_on())

    async def _go_on(self) -> None:
        with self._visit as visit:
            try:
                self.began = True
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.reason = visit.stopped()
                if self.reason is None:
                    raise
                await asyncio.sleep(0)  # it may still say something to its client


@pytest.fixture(autouse=True)
async def _no_task_is_left() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    assert asyncio.all_tasks() - before - {asyncio.current_task()} == set()


@pytest.fixture
def gate() -> Gate:
    return Gate(lambda: 2)


async def _turns(count: int = 10) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


# Coming in


async def test_only_as_many_come_in_as_may(gate: Gate) -> None:
    with gate.admit(["a"], "me"), gate.admit(["b"], "me"):
        with pytest.raises(OverloadedError, match="RAG_MAX_STREAMS is 2"):
            gate.admit(["c"], "me")
        with pytest.raises(OverloadedError):
            gate.check()
        assert gate.count == 2
        assert gate.find("c", "me") is None


async def test_a_place_that_was_given_back_is_there_for_another(gate: Gate) -> None:
    one, _ = gate.admit(["a"], "me"), gate.admit(["b"], "me")
    one.leave()
    gate.check()
    assert gate.admit(["c"], "me").run_ids == ["c"]
    assert gate.count == 2


async def test_a_place_is_given_back_by_those_who_fail_too(gate: Gate) -> None:
    with pytest.raises(ValueError, match="broken"), gate.admit(["a"], "me"):
        raise ValueError("broken")
    assert gate.count == 0
    assert gate.find("a", "me") is None


async def test_the_limit_is_asked_for_each_time() -> None:
    limit = 1
    gate = Gate(lambda: limit)
    gate.admit(["a"], "me")
    with pytest.raises(OverloadedError):
        gate.check()
    limit = 2
    gate.check()


async def test_a_closed_gate_lets_nobody_in_and_nobody_out(gate: Gate) -> None:
    gate.admit(["a"], "me")
    gate.close()
    assert gate.is_closed
    with pytest.raises(ShuttingDownError):
        gate.check()
    with pytest.raises(ShuttingDownError):
        gate.admit(["b"], "me")
    assert gate.count == 1
    gate.open()
    assert not gate.is_closed
    gate.admit(["b"], "me")
    assert gate.count == 2


async def test_a_closed_gate_says_so_though_it_is_full() -> None:
    # Asking again in a second helps with the one and not with the other.
    gate = Gate(lambda: 1)
    gate.admit(["a"], "me")
    gate.close()
    with pytest.raises(ShuttingDownError):
        gate.check()


async def test_leaving_twice_does_no_harm(gate: Gate) -> None:
    with gate.admit(["a"], "me") as visit, gate.admit(["b"], "me"):
        visit.leave()
        visit.leave()
        assert gate.count == 1
    visit.leave()
    assert gate.count == 0
    assert visit.over.is_set()


async def test_a_reader_takes_no_place() -> None:
    gate = Gate(lambda: 1)
    with gate.admit(["a"], "me") as run, gate.admit_reader("a") as visit:
        assert visit.run_ids == ["a"]
        assert gate.count == 1
        assert gate.find("a", "me") is run
    assert gate.count == 0


async def test_a_reader_that_leaves_takes_its_run_not_along(gate: Gate) -> None:
    run = gate.admit(["a"], "me")
    with gate.admit_reader("a"):
        pass
    assert gate.find("a", "me") is run


async def test_readers_may_come_in_after_the_gate_was_closed(gate: Gate) -> None:
    gate.close()
    with gate.admit_reader("a"):
        assert gate.count == 0


# Being found


async def test_a_run_is_found_by_its_caller_and_by_nobody_else(gate: Gate) -> None:
    visit = gate.admit(["a"], "me")
    assert gate.find("a", "me") is visit
    assert gate.find("a", "you") is None
    assert gate.find("b", "me") is None
    visit.leave()
    assert gate.find("a", "me") is None


async def test_a_batch_takes_one_place_and_is_found_by_each_of_its_runs() -> None:
    gate = Gate(lambda: 1)
    with gate.admit(["a", "b", "c"], "me") as visit:
        assert gate.count == 1
        assert [gate.find(run_id, "me") for run_id in "abc"] == [visit] * 3
    assert gate.count == 0
    assert [gate.find(run_id, "me") for run_id in "abc"] == [None] * 3


@pytest.mark.parametrize(("one", "other", "same"), [("a", "a", True), ("a", "b", False)])
async def test_callers_are_compared(one: str, other: str, same: bool) -> None:
    assert is_same_caller(one, other) is same


# Being stopped


async def test_of_several_reasons_the_first_counts(gate: Gate) -> None:
    visit = gate.admit(["a"], "me")
    work = Work(visit)
    await _turns()
    first = RunCancelledError("first")
    visit.stop(first)
    visit.stop(ShuttingDownError("second"))
    await _turns(1)
    visit.stop(ShuttingDownError("third"))  # while it says its last words
    await work.task
    assert work.reason is first
    assert work.task.cancelling() == 0


async def test_work_that_is_stopped_before_it_has_begun_ends_too(gate: Gate) -> None:
    visit = gate.admit(["a"], "me")
    reason = RunCancelledError("already")
    visit.stop(reason)
    work = Work(visit)
    await work.task
    assert work.reason is reason
    assert gate.count == 0


@pytest.mark.parametrize("stop_first", [True, False])
async def test_a_cancellation_from_outside_stays_one_though_it_was_stopped_as_well(
    gate: Gate, stop_first: bool
) -> None:
    visit = gate.admit(["a"], "me")
    work = Work(visit)
    await _turns()
    if stop_first:
        visit.stop(RunCancelledError("over"))
    work.task.cancel()
    if not stop_first:
        visit.stop(RunCancelledError("over"))
    with pytest.raises(asyncio.CancelledError):
        await work.task
    assert work.reason is None
    assert gate.count == 0


async def test_a_cancellation_alone_is_no_stop(gate: Gate) -> None:
    work = Work(gate.admit(["a"], "me"))
    await _turns()
    work.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work.task
    assert work.reason is None


async def test_who_has_left_is_not_stopped_any_more(gate: Gate) -> None:
    with gate.admit(["a"], "me") as visit:
        pass
    visit.stop(RunCancelledError("too late"))  # would cancel this test
    await _turns()
    assert visit.stopped() is None


async def test_a_run_is_stopped_by_its_id(gate: Gate) -> None:
    one, other = Work(gate.admit(["a"], "me")), Work(gate.admit(["b"], "you"))
    await _turns()
    reason = RunCancelledError("over")
    gate.stop("nobody", reason)
    gate.stop("a", reason)
    await one.task
    assert one.reason is reason
    assert not other.task.done()
    gate.stop("b", reason)
    await other.task


async def test_a_batch_is_stopped_as_a_whole(gate: Gate) -> None:
    work = Work(gate.admit(["a", "b"], "me"))
    await _turns()
    gate.stop("b", RunCancelledError("over"))
    await work.task
    assert work.reason is not None
    assert gate.count == 0


async def test_all_runs_are_stopped_and_then_those_who_read(gate: Gate) -> None:
    works = [Work(gate.admit([run_id], "me")) for run_id in "ab"]
    reading = Work(gate.admit_reader("a"))
    await _turns()
    reason = ShuttingDownError("over")
    gate.stop_all(reason)
    await asyncio.gather(*(work.task for work in works))
    assert [work.reason for work in works] == [reason] * 2
    assert not reading.task.done()
    gate.stop_readers(reason)
    await reading.task
    assert reading.reason is reason


async def test_a_visit_whose_end_is_being_told_is_not_stopped(gate: Gate) -> None:
    visit = gate.admit(["a"], "me")
    work = Work(visit)
    await _turns()
    visit.settle()
    visit.stop(ShuttingDownError("over"))
    await _turns()
    assert not work.task.done()
    visit.abandon()
    await asyncio.gather(work.task, return_exceptions=True)
    assert work.reason is None


async def test_the_end_is_waited_for_with_readers_too(gate: Gate) -> None:
    reader = gate.admit_reader("a")
    waiting = asyncio.create_task(gate.empty())
    await _turns()
    assert not waiting.done()
    reader.leave()
    async with asyncio.timeout(5):
        await waiting


# Waiting for the end


async def test_nobody_inside_is_nobody_to_wait_for(gate: Gate) -> None:
    async with asyncio.timeout(5):
        await gate.empty()


async def test_the_last_one_to_leave_ends_the_waiting(gate: Gate) -> None:
    one, other = gate.admit(["a"], "me"), gate.admit(["b"], "me")
    waiting = asyncio.create_task(gate.empty())
    await _turns()
    one.leave()
    await _turns()
    assert not waiting.done()
    other.leave()
    async with asyncio.timeout(5):
        await waiting


async def test_who_comes_in_the_same_moment_is_waited_for(gate: Gate) -> None:
    one = gate.admit(["a"], "me")
    waiting = asyncio.create_task(gate.empty())
    await _turns()
    one.leave()
    other = gate.admit(["b"], "me")
    await _turns()
    assert not waiting.done()
    other.leave()
    async with asyncio.timeout(5):
        await waiting


async def test_several_may_wait_for_the_end(gate: Gate) -> None:
    visit = gate.admit(["a"], "me")
    waiting = [asyncio.create_task(gate.empty()) for _ in range(3)]
    await _turns()
    visit.leave()
    await _turns()
    still = [task for task in waiting if not task.done()]
    for task in still:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert still == []


async def test_who_gives_up_waiting_does_not_keep_others_from_it(gate: Gate) -> None:
    visit = gate.admit(["a"], "me")
    given_up = asyncio.create_task(gate.empty())
    await _turns()
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    waiting = asyncio.create_task(gate.empty())
    await _turns()
    visit.leave()
    async with asyncio.timeout(5):
        await waiting
