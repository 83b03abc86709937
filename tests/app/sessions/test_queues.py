"""A queue for each name: first come, first served, and nothing is left of it."""

import asyncio

from app.sessions.queues import Place, Queues


async def test_places_are_given_in_the_order_of_asking() -> None:
    queues, order = Queues(), list[int]()

    async def one(number: int) -> None:
        place = await queues.enter("s")
        order.append(number)
        await asyncio.sleep(0)
        place.leave()

    await asyncio.gather(*map(one, range(5)))
    assert order == [0, 1, 2, 3, 4]
    assert len(queues) == 0


async def test_names_do_not_wait_for_one_another() -> None:
    queues = Queues()
    one, other = await queues.enter("one"), await queues.enter("other")
    assert len(queues) == 2
    one.leave()
    other.leave()
    assert len(queues) == 0


async def test_who_stops_waiting_is_in_nobodys_way() -> None:
    queues = Queues()
    first = await queues.enter("s")
    waiting = [asyncio.create_task(queues.enter("s")) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    first.leave()
    second = await waiting[1]
    second.leave()
    (await waiting[2]).leave()
    assert len(queues) == 0


def test_leaving_twice_is_leaving_once() -> None:
    left = list[int]()
    place = Place(lambda: left.append(1))
    place.leave()
    place.leave()
    assert left == [1]
