"""Silence is filled with pings."""

import asyncio

from app.streaming.sse import PING
from tests.support.response_wire import HEAD, Wire, opened, turns, until


async def test_no_pings_pile_up_for_a_client_that_takes_nothing(wire: Wire) -> None:
    with opened(wire, ping_s=0.005) as line:
        await line.send(b"1")
        wire.fill()
        sending = asyncio.create_task(line.send(b"2"))
        await asyncio.sleep(0.05)
        wire.drain()
        await sending
        assert wire.seen == [HEAD, b"1", b"2"]


async def test_a_ping_that_waits_is_the_only_one(wire: Wire) -> None:
    with opened(wire, ping_s=0.005) as line:
        await line.send(b"1")
        wire.fill()
        await wire.waiting.wait()  # the ping
        await asyncio.sleep(0.05)
        line.stop_timers()
        wire.drain()
        await turns()
    assert wire.seen.count(PING) <= 1


async def test_pings_go_on_as_long_as_the_silence_does(wire: Wire) -> None:
    with opened(wire, ping_s=0.01) as line:
        await line.send(b"1")
        await until(lambda: len(wire.messages) >= 5)
        before = len(wire.messages)
        await line.send(b"2")
        await until(lambda: len(wire.messages) >= before + 3)
    seen = wire.seen
    assert {*seen} == {HEAD, b"1", b"2", PING}
    assert seen.count(b"2") == 1
