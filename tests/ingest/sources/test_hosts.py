"""Turns at a host."""

import asyncio

import pytest

from ingest.sources.hosts import AT_ONCE, Hosts, LeftAloneError

HERE, THERE = ("a.example", 80), ("a.example", 8080)


async def test_two_at_a_time_at_one_host_and_port() -> None:
    hosts, now, most = Hosts(), {HERE: 0, THERE: 0}, {HERE: 0, THERE: 0}

    async def ask(origin: tuple[str, int]) -> None:
        async with hosts.turn(origin, 1.0):
            now[origin] += 1
            most[origin] = max(most[origin], now[origin])
            await asyncio.sleep(0.01)
            now[origin] -= 1

    await asyncio.gather(*(ask(origin) for origin in (HERE, THERE) * 10))
    assert most == {HERE: AT_ONCE, THERE: AT_ONCE} == {HERE: 2, THERE: 2}


async def test_who_fails_or_is_cancelled_leaves_the_turn_to_others() -> None:
    hosts = Hosts()

    async def stay() -> None:
        async with hosts.turn(HERE, 1.0):
            await asyncio.Event().wait()

    for _ in range(5):
        staying = [asyncio.create_task(stay()) for _ in range(4)]
        await asyncio.sleep(0)
        for task in staying:
            task.cancel()
        await asyncio.gather(*staying, return_exceptions=True)
        with pytest.raises(ValueError, match="x"):
            async with hosts.turn(HERE, 1.0):
                raise ValueError("x")
    async with hosts.turn(HERE, 1.0), hosts.turn(HERE, 1.0):
        pass


async def test_all_wait_while_it_wants_to_be_left_alone() -> None:
    hosts, time = Hosts(), asyncio.get_running_loop().time
    hosts[HERE].pause(0.05)
    hosts[HERE].pause(0.01)  # which is over sooner
    until = hosts[HERE].not_before
    async with hosts.turn(THERE, 1.0):
        pass
    async with hosts.turn(HERE, 1.0):
        assert time() >= until


async def test_a_long_pause_is_told() -> None:
    hosts = Hosts()
    hosts[HERE].pause(30)
    with pytest.raises(LeftAloneError, match="wants to be left alone for 30 s"):
        async with hosts.turn(HERE, 20.0):
            pass
    hosts[HERE].in_vain = 3
    with pytest.raises(LeftAloneError):
        async with hosts.turn(HERE, 60.0):
            pass
