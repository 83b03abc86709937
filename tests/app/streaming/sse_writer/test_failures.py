"""A wire that breaks."""

import asyncio

import pytest

from tests.support.response_wire import HEAD, Wire, opened, turns, until


async def test_a_late_opening_that_fails_fails_what_is_sent_next(wire: Wire) -> None:
    wire.failure = OSError("broken")
    with opened(wire, first_byte_s=0.01) as line:
        await until(lambda: line.is_open)
        await turns()
        for _ in range(2):
            with pytest.raises(OSError, match="broken"):
                await line.send(b"1")
    assert wire.seen == []


@pytest.mark.usefixtures("_no_failure_is_unseen")
async def test_a_ping_that_fails_is_no_news(wire: Wire) -> None:
    with opened(wire, ping_s=0.01) as line:
        await line.send(b"1")
        wire.failure = OSError("broken")
        await asyncio.sleep(0.05)
        with pytest.raises(OSError, match="broken"):
            await line.send(b"2")
    assert wire.seen == [HEAD, b"1"]
    assert wire.stalls == 0
