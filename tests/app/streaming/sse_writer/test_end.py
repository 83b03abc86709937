"""Nothing comes after the end."""

import asyncio

import pytest

from app.streaming.sse import PING
from tests.support.response_wire import HEAD, Wire, opened


async def test_nothing_is_opened_late_after_the_timers_were_stopped(wire: Wire) -> None:
    with opened(wire, first_byte_s=0.01) as line:
        await line.keep([b"1"])
        line.stop_timers()
        await asyncio.sleep(0.05)
    assert wire.seen == []


async def test_no_ping_comes_after_the_timers_were_stopped(wire: Wire) -> None:
    with opened(wire, ping_s=0.01) as line:
        await line.send(b"1")
        line.stop_timers()
        await asyncio.sleep(0.05)
    assert wire.seen == [HEAD, b"1"]


@pytest.mark.parametrize("waiting_for", ["opening", "ping"])
async def test_no_task_waits_after_the_timers_were_stopped(wire: Wire, waiting_for: str) -> None:
    if waiting_for == "opening":
        wire.fill()
    with opened(wire, first_byte_s=0.01, send_s=0.05, ping_s=0.01) as line:
        if waiting_for == "ping":
            await line.send(b"1")
            wire.fill()
        await wire.waiting.wait()
        line.stop_timers()
        await asyncio.sleep(0.1)
        assert asyncio.all_tasks() == {asyncio.current_task()}
    assert wire.stalls == 0
    assert wire.seen in ([], [HEAD, b"1"], [HEAD, b"1", PING])
