"""The order of what one response sends."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from tests.support.response_wire import END, HEAD, Wire, opened, turns, until


async def test_what_has_waited_goes_out_with_what_opens_the_response(wire: Wire) -> None:
    with opened(wire) as line:
        await line.keep([b"1", b"2"])
        await line.keep([b"3"])
        assert not line.is_open
        assert wire.seen == []
        await line.send(b"4")
        assert line.is_open
        await line.keep([b"5", b"6"])
        await line.send(b"7")
        await line.end()
    assert wire.seen == [HEAD, b"1234", b"56", b"7", END]


async def test_nothing_to_send_opens_the_response_all_the_same(wire: Wire) -> None:
    with opened(wire) as line:
        await line.send(b"")
        assert wire.seen == [HEAD]
        await line.keep([])
        await line.end()
    assert wire.seen == [HEAD, END]


async def test_an_end_before_the_beginning_sends_what_has_waited(wire: Wire) -> None:
    with opened(wire) as line:
        await line.keep([b"1"])
        await line.end()
    assert wire.seen == [HEAD, b"1", END]


async def test_a_late_opening_sends_what_has_waited_and_then_what_comes(wire: Wire) -> None:
    with opened(wire, first_byte_s=0.01) as line:
        await line.keep([b"1", b"2"])
        await until(lambda: len(wire.messages) == 2)
        assert line.is_open
        await line.keep([b"3"])
        await line.send(b"4")
        await line.end()
    assert wire.seen == [HEAD, b"12", b"3", b"4", END]


@pytest.mark.parametrize("way", ["send", "keep"])
async def test_a_send_during_a_late_opening_waits_for_it(wire: Wire, way: str) -> None:
    wire.fill()
    with opened(wire, first_byte_s=0.01) as line:
        await line.keep([b"1"])
        await wire.waiting.wait()
        sending = asyncio.create_task(line.send(b"2") if way == "send" else line.keep([b"2"]))
        await turns()
        assert not sending.done()
        wire.drain()
        await sending
        await line.end()
    assert wire.seen == [HEAD, b"1", b"2", END]


async def test_a_send_in_the_moment_of_a_late_opening_comes_after_it(wire: Wire) -> None:
    with opened(wire, first_byte_s=0.01) as line:
        await line.keep([b"1"])
        while not line.is_open:  # noqa: ASYNC110 - the moment itself, before anything is sent
            await asyncio.sleep(0)
        await line.send(b"2")
    assert wire.seen == [HEAD, b"1", b"2"]


async def test_an_end_during_a_late_opening_waits_for_it(wire: Wire) -> None:
    wire.fill()
    with opened(wire, first_byte_s=0.01) as line:
        await line.keep([b"1"])
        await wire.waiting.wait()
        ending = asyncio.create_task(line.end())
        await turns()
        wire.drain()
        await ending
        await turns()
    assert wire.seen == [HEAD, b"1", END]


async def test_an_end_in_the_moment_of_a_late_opening_comes_after_it(wire: Wire) -> None:
    with opened(wire, first_byte_s=0.01) as line:
        await line.keep([b"1"])
        while not line.is_open:  # noqa: ASYNC110 - the moment itself, before anything is sent
            await asyncio.sleep(0)
        await line.end()
        await turns()
    assert wire.seen == [HEAD, b"1", END]


async def test_who_is_stopped_while_the_response_opens_late_can_still_say_so(wire: Wire) -> None:
    wire.fill()
    with opened(wire, first_byte_s=0.01) as line:
        await line.keep([b"1"])
        await wire.waiting.wait()
        sending = asyncio.create_task(line.send(b"2"))
        await turns()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        wire.drain()
        await _gently(line.send(b"error"))
    assert wire.seen == [HEAD, b"1", b"error"]


async def test_who_is_stopped_while_the_response_opens_can_still_say_so(wire: Wire) -> None:
    wire.fill()
    with opened(wire) as line:
        await line.keep([b"1"])
        sending = asyncio.create_task(line.send(b"2"))
        await wire.waiting.wait()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        wire.drain()
        await _gently(line.send(b"error"))
    # A head there has to be, and what had waited; 2 was on nobody's way yet.
    assert wire.seen == [HEAD, b"1error"]


async def _gently(sending: Coroutine[Any, Any, None]) -> None:
    """A CancelledError that nobody asked for is a failure here, and not the test's end."""
    (failure,) = await asyncio.gather(sending, return_exceptions=True)
    assert failure is None, repr(failure)


async def test_no_response_shares_its_headers_with_another(wire: Wire) -> None:
    with opened(wire) as line:
        await line.send(b"1")
    wire.messages[0]["headers"].append((b"x-cache", b"miss"))  # as a middleware does
    with opened(wire) as line:
        await line.send(b"1")
    assert (b"x-cache", b"miss") not in wire.messages[2]["headers"]
    assert wire.messages[2]["headers"] == wire.messages[0]["headers"][:-1]
