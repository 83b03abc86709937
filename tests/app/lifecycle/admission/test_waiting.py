"""Waiting until the last one has left."""

import asyncio

from app.lifecycle.admission import Admission
from tests.support.run_readers import turns


async def test_nobody_inside_is_nobody_to_wait_for(admission: Admission) -> None:
    async with asyncio.timeout(5):
        await admission.empty()


async def test_the_last_one_to_leave_ends_the_waiting(admission: Admission) -> None:
    one, other = admission.admit(["a"], "me"), admission.admit(["b"], "me")
    waiting = asyncio.create_task(admission.empty())
    await turns()
    one.leave()
    await turns()
    assert not waiting.done()
    other.leave()
    async with asyncio.timeout(5):
        await waiting


async def test_who_comes_in_the_same_moment_is_waited_for(admission: Admission) -> None:
    one = admission.admit(["a"], "me")
    waiting = asyncio.create_task(admission.empty())
    await turns()
    one.leave()
    other = admission.admit(["b"], "me")
    await turns()
    assert not waiting.done()
    other.leave()
    async with asyncio.timeout(5):
        await waiting


async def test_the_end_is_waited_for_with_readers_too(admission: Admission) -> None:
    reader = admission.admit_reader("a", "me")
    waiting = asyncio.create_task(admission.empty())
    await turns()
    assert not waiting.done()
    reader.leave()
    async with asyncio.timeout(5):
        await waiting


async def test_several_may_wait_for_the_end(admission: Admission) -> None:
    ticket = admission.admit(["a"], "me")
    waiting = [asyncio.create_task(admission.empty()) for _ in range(3)]
    await turns()
    ticket.leave()
    await turns()
    still = [task for task in waiting if not task.done()]
    for task in still:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert still == []


async def test_who_gives_up_waiting_does_not_keep_others_from_it(admission: Admission) -> None:
    ticket = admission.admit(["a"], "me")
    given_up = asyncio.create_task(admission.empty())
    await turns()
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    waiting = asyncio.create_task(admission.empty())
    await turns()
    ticket.leave()
    async with asyncio.timeout(5):
        await waiting
