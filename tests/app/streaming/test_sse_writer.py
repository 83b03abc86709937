"""One open response: the order of what it sends, and when it begins, pings and gives up."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from starlette.types import Message

from app.streaming.sse import PING
from app.streaming.sse_writer import SseWriter, Times

HEAD = "head"
END = "end"


class Wire:
    """What a response is sent over: keeps what arrives; may be full, may break."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.stalls = 0
        self.waiting = asyncio.Event()
        """Set once somebody waits for a place on a full wire."""
        self.failure: Exception | None = None
        self._takes = asyncio.Event()
        self._takes.set()

    def fill(self) -> None:
        self._takes.clear()

    def drain(self) -> None:
        self._takes.set()

    async def send(self, message: Message) -> None:
        if not self._takes.is_set():
            self.waiting.set()
            await self._takes.wait()
        await asyncio.sleep(0)  # each message takes a moment, and others come between
        if self.failure is not None:
            raise self.failure
        self.messages.append(message)

    def stall(self) -> None:
        self.stalls += 1

    @property
    def seen(self) -> list[bytes | str]:
        """What arrived, as a client would tell it."""
        seen: list[bytes | str] = []
        for message in self.messages:
            if message["type"] == "http.response.start":
                seen.append(HEAD)
            elif message["more_body"]:
                seen.append(message["body"])
            else:
                assert message["body"] == b""
                seen.append(END)
        return seen


@pytest.fixture(autouse=True)
async def _no_task_is_left() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    await asyncio.sleep(0)  # those just cancelled
    assert asyncio.all_tasks() - before - {asyncio.current_task()} == set()


@pytest.fixture
async def _no_failure_is_unseen() -> AsyncIterator[None]:
    """No task ends with one that nobody has looked at, which a loop would complain of."""
    unseen: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unseen.append(context))
    yield
    gc.collect()
    assert unseen == []


@pytest.fixture
async def wire() -> Wire:
    return Wire()


@contextmanager
def opened(
    wire: Wire, *, first_byte_s: float = 60, send_s: float = 60, ping_s: float = 60
) -> Iterator[SseWriter]:
    line = SseWriter(wire.send, Times(first_byte_s, send_s, ping_s), wire.stall)
    try:
        yield line
    finally:
        line.stop_timers()


async def until(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 - told by no event
            await asyncio.sleep(0.002)


async def _turns(count: int = 10) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


# Order


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
        await _turns()
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
        await _turns()
        wire.drain()
        await ending
        await _turns()
    assert wire.seen == [HEAD, b"1", END]


async def test_an_end_in_the_moment_of_a_late_opening_comes_after_it(wire: Wire) -> None:
    with opened(wire, first_byte_s=0.01) as line:
        await line.keep([b"1"])
        while not line.is_open:  # noqa: ASYNC110 - the moment itself, before anything is sent
            await asyncio.sleep(0)
        await line.end()
        await _turns()
    assert wire.seen == [HEAD, b"1", END]


async def test_who_is_stopped_while_the_response_opens_late_can_still_say_so(wire: Wire) -> None:
    wire.fill()
    with opened(wire, first_byte_s=0.01) as line:
        await line.keep([b"1"])
        await wire.waiting.wait()
        sending = asyncio.create_task(line.send(b"2"))
        await _turns()
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


# A wire that breaks


async def test_a_late_opening_that_fails_fails_what_is_sent_next(wire: Wire) -> None:
    wire.failure = OSError("broken")
    with opened(wire, first_byte_s=0.01) as line:
        await until(lambda: line.is_open)
        await _turns()
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


# Pings


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
        await _turns()
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


# Clients that take nothing


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


# The end


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
