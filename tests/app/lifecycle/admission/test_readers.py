"""Runs that lose their readers, and get them back: which places they have."""

import asyncio

import pytest

from app.errors import OverloadedError, RunCancelledError, ShuttingDownError
from app.lifecycle.admission import Admission
from app.lifecycle.limits import Limits
from app.lifecycle.ticket import Ticket
from rag_stream.errors import RagError
from tests.support.run_readers import turns


class Run:
    """A run that goes on until it is told to end; a reader can come and go."""

    def __init__(self, admission: Admission, run_id: str, address: str = "here") -> None:
        self.id = run_id
        self.reason: RagError | None = None
        self._admission = admission
        self._ticket = admission.admit([run_id], "me", address)
        self._readers: list[Ticket] = []
        self.task = asyncio.create_task(self._go_on(self._ticket))
        self.read()

    async def _go_on(self, ticket: Ticket) -> None:
        with ticket:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.reason = ticket.stopped()
                if self.reason is None:
                    raise

    def read(self) -> None:
        self._readers.append(self._admission.admit_reader(self.id, "me"))

    def leave(self) -> None:
        self._readers.pop().leave()

    @property
    def is_read(self) -> bool:
        return bool(self._readers)

    async def is_going_on(self) -> bool:
        await turns()
        return not self.task.done()

    async def end(self) -> None:
        self._ticket.is_ending = True
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


def limited(most: int, unread: int, spare: int = 0) -> Admission:
    return Admission(lambda: Limits(most, spare, unread))


def is_full(admission: Admission, address: str = "here") -> bool:
    try:
        admission.check(address)
    except OverloadedError:
        return True
    return False


async def test_a_run_that_loses_its_reader_gives_its_place_to_another() -> None:
    admission = limited(1, unread=1)
    one = Run(admission, "one")
    assert is_full(admission)
    one.leave()
    assert (is_full(admission), admission.unread, admission.count) == (False, 1, 1)
    other = Run(admission, "other")
    assert is_full(admission)
    assert await one.is_going_on()
    await one.end()
    await other.end()
    assert (admission.count, admission.unread) == (0, 0)


async def test_beyond_their_bound_the_one_that_lost_its_reader_first_is_cancelled() -> None:
    admission = limited(9, unread=2)
    runs = [Run(admission, str(number)) for number in range(4)]
    for run in runs:
        run.leave()
    await turns()
    assert [run.task.done() for run in runs] == [True, True, False, False]
    assert isinstance(runs[0].reason, RunCancelledError)
    assert "RAG_MAX_UNREAD is 2" in str(runs[0].reason)
    assert (admission.unread, admission.count) == (2, 2)
    for run in runs[2:]:
        await run.end()
    assert not is_full(admission)


async def test_it_is_a_run_of_the_caller_who_has_the_most() -> None:
    admission = limited(20, unread=3)
    flood = [Run(admission, f"flood {number}", "there") for number in range(6)]
    mine = Run(admission, "mine", "here")
    mine.leave()
    for run in flood:
        run.leave()
    assert await mine.is_going_on()
    await turns()
    assert [run.task.done() for run in flood] == [True] * 4 + [False] * 2
    late = Run(admission, "late", "elsewhere")
    late.leave()
    assert await late.is_going_on()
    await turns()
    assert flood[4].task.done()
    for run in (mine, late, flood[5]):
        await run.end()
    assert (admission.count, admission.unread) == (0, 0)


async def test_a_reader_who_comes_back_takes_an_ordinary_place_again() -> None:
    admission = limited(2, unread=1)
    run = Run(admission, "run")
    run.leave()
    run.read()
    assert admission.unread == 0
    another = Run(admission, "another")
    assert is_full(admission)
    another.leave()
    assert await run.is_going_on(), "what is read is not counted among those that are not"
    await run.end()
    await another.end()


async def test_of_several_readers_the_last_to_leave_counts() -> None:
    admission = limited(2, unread=1)
    run = Run(admission, "run")
    run.read()
    run.leave()
    assert admission.unread == 0
    run.leave()
    assert admission.unread == 1
    run.read()
    run.read()
    assert admission.unread == 0
    await run.end()


async def test_where_there_is_no_ordinary_place_a_run_keeps_the_one_it_has() -> None:
    admission = limited(1, unread=2)
    run = Run(admission, "run")
    run.leave()
    other = Run(admission, "other")
    run.read()
    run.read()
    assert (admission.unread, is_full(admission)) == (1, True)
    # The others of its caller are ended before it.
    other.leave()
    third = Run(admission, "third")
    third.leave()
    await turns()
    assert other.task.done()
    assert isinstance(other.reason, RunCancelledError)
    assert await run.is_going_on()
    # Left again, it is the last that lost its reader.
    run.leave()
    run.leave()
    fourth = Run(admission, "fourth")
    fourth.leave()
    await turns()
    assert third.task.done()
    assert await run.is_going_on()
    await run.end()
    await fourth.end()
    assert (admission.count, admission.unread) == (0, 0)
    assert not is_full(admission)


async def test_a_run_that_was_cancelled_can_lose_readers_without_another_paying() -> None:
    admission = limited(9, unread=1)
    one, other = Run(admission, "one"), Run(admission, "other")
    one.leave()
    other.leave()  # ends the first one, which has not come to it yet
    one.read()
    one.leave()
    assert await other.is_going_on()
    assert one.task.done()
    assert (admission.unread, admission.count) == (1, 1)
    await other.end()


async def test_a_run_whose_answer_is_complete_pushes_no_other_out() -> None:
    admission = limited(9, unread=1)
    alone, ended = Run(admission, "alone"), admission.admit(["ended"], "me", "here")
    alone.leave()
    with ended:
        reader = admission.admit_reader("ended", "me")
        ended.is_ending = True
        reader.leave()
        assert await alone.is_going_on()
    assert admission.unread == 1
    await alone.end()


async def test_a_reader_of_another_worker_or_with_other_credentials_changes_nothing() -> None:
    admission = limited(9, unread=1)
    run = Run(admission, "run")
    run.leave()
    for run_id, caller in (("elsewhere", "me"), ("run", "you")):
        with admission.admit_reader(run_id, caller):
            assert admission.unread == 1
        assert admission.unread == 1
    await run.end()


async def test_runs_that_come_back_are_no_way_around_the_bounds() -> None:
    admission = limited(4, unread=2, spare=1)
    runs: list[Run] = []
    for number in range(60):
        if not is_full(admission):
            runs.append(Run(admission, str(number)))
        for at, run in enumerate(runs):
            if number % 3 == 0 and at % 2 and run.is_read:
                run.leave()
            elif number % 3 == 1 and not run.is_read:
                run.read()
        await turns()
        assert sum(not run.task.done() for run in runs) == admission.count <= 4 + 1 + 2
        assert admission.unread <= 2
        runs = [run for run in runs if not run.task.done()]
        if number % 7 == 0:
            await runs.pop(0).end()
    for run in runs:
        await run.end()
    assert (admission.count, admission.unread) == (0, 0)


async def test_who_waits_for_a_place_is_told_when_the_worker_ends() -> None:
    admission = limited(8, unread=1)
    for number in range(8):
        admission.admit([str(number)], "me", "here")
    waiting = admission.admit(["waiting"], "you", "there")
    admission.close()
    with pytest.raises(ShuttingDownError), waiting:
        await waiting.turn()
    assert admission.count == 8


async def test_who_is_stopped_while_waiting_gets_no_place() -> None:
    admission = limited(8, unread=1)
    tickets = [admission.admit([str(number)], "me", "here") for number in range(8)]
    waiting = admission.admit(["waiting"], "you", "there")
    reason = RunCancelledError("over")
    admission.stop("waiting", reason)
    tickets[0].leave()
    with pytest.raises(RunCancelledError), waiting:
        await waiting.turn()
    assert admission.count == 7
    for ticket in tickets:
        ticket.leave()
    assert not is_full(admission)


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_client_that_leaves_while_waiting_leaves_nothing_behind(moment: str) -> None:
    admission = limited(8, unread=1)
    tickets = [admission.admit([str(number)], "me", "here") for number in range(8)]

    async def wait() -> None:
        with admission.admit(["waiting"], "you", "there") as ticket:
            await ticket.turn()
            await asyncio.Event().wait()

    task = asyncio.create_task(wait())
    await turns()
    if moment == "after":
        tickets.pop().leave()  # it has its place, and does not know yet
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    for ticket in tickets:
        ticket.leave()
    assert admission.count == 0
    for number in range(8):
        admission.admit([str(number)], "me", "anywhere")
    assert is_full(admission, "anywhere")


async def test_a_batch_takes_as_many_places_as_it_wants_and_never_more_than_there_are() -> None:
    admission = limited(4, unread=1)
    with admission.admit(["a", "b", "c"], "me", "here", places=3):
        assert not is_full(admission)
        admission.admit(["d"], "me", "here").leave()
        with admission.admit(["e", "f"], "me", "here", places=2) as ticket:
            assert ticket.places == 1  # it is answered one after the other
            assert is_full(admission)
            with pytest.raises(OverloadedError):
                admission.admit(["g", "h"], "me", "here", places=2)
    with admission.admit([str(number) for number in range(9)], "me", "here", places=9):
        assert is_full(admission)
    assert not is_full(admission)
