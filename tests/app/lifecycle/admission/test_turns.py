"""Waiting for a place, and batches that take several."""

import asyncio

import pytest

from app.errors import OverloadedError, RunCancelledError, ShuttingDownError
from tests.support.limited_admission import is_full, limited
from tests.support.run_readers import turns


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
