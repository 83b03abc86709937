"""Clients that take nothing are given up."""

import asyncio

from tests.support.response_wire import Wire, opened, until


async def test_a_client_that_does_not_even_take_the_head_is_given_up(wire: Wire) -> None:
    wire.fill()
    with opened(wire, send_s=0.02) as line:
        sending = asyncio.create_task(line.send(b"1"))
        await until(lambda: wire.stalls)
        await asyncio.sleep(0.05)
        assert wire.stalls == 1  # once is enough
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


async def test_so_is_one_that_does_not_take_the_head_of_a_late_opening(wire: Wire) -> None:
    wire.fill()
    with opened(wire, first_byte_s=0.01, send_s=0.02):
        await until(lambda: wire.stalls)
    assert wire.seen == []


async def test_so_is_one_that_does_not_take_a_ping(wire: Wire) -> None:
    with opened(wire, send_s=0.02, ping_s=0.01) as line:
        await line.send(b"1")
        wire.fill()
        await until(lambda: wire.stalls)
    assert wire.stalls == 1


async def test_silence_is_no_stall(wire: Wire) -> None:
    with opened(wire, send_s=0.01) as line:
        await line.send(b"1")
        await asyncio.sleep(0.05)
    assert wire.stalls == 0


async def test_before_it_is_open_nothing_is_a_stall_or_a_silence(wire: Wire) -> None:
    with opened(wire, send_s=0.005, ping_s=0.005) as line:
        await line.keep([b"1"])
        await asyncio.sleep(0.05)
    assert (wire.seen, wire.stalls) == ([], 0)
