"""Responses against hand-made ASGI ends: real errors, clean ends, and work that stops."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from itertools import pairwise
from typing import Any

import pytest
from starlette.responses import Response
from starlette.types import Message

from app.errors import OverloadedError, ShuttingDownError
from app.lifecycle.admission import Admission
from app.streaming.batches import Batch, EarlyBatch, LastBatch
from app.streaming.responses import ComputedResponse, EventStream, while_connected
from app.streaming.sse import PING
from app.streaming.sse_writer import Times
from rag_stream.errors import RagError

SCOPE = {"type": "http", "method": "POST", "path": "/", "headers": []}
ERROR_EVENT = b"event: error\r\n\r\n"


class Client:
    """The client's end of one request: keeps what arrives; may leave, may stop reading."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.times: list[float] = []
        self.left = asyncio.Event()
        self.reads = asyncio.Event()
        self.reads.set()
        self._changed = asyncio.Condition()

    async def receive(self) -> Message:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        await self.reads.wait()
        self.times.append(time.monotonic())
        self.sent.append(message)
        async with self._changed:
            self._changed.notify_all()

    async def until(self, messages: int) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.sent) >= messages)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def bodies(self) -> list[bytes]:
        return [message["body"] for message in self.sent[1:]]

    @property
    def has_clean_end(self) -> bool:
        is_open = [message.get("more_body", False) for message in self.sent[1:]]
        return is_open == [True] * (len(is_open) - 1) + [False]


Step = bytes | Batch | Exception | asyncio.Event


class Source:
    """A generator of events that records how far it was read and whether it was closed."""

    def __init__(self, *steps: "Step") -> None:
        self.given = 0
        self.closed = False
        self.waiting = asyncio.Event()
        self.events = self._run(steps)

    async def _run(self, steps: tuple["Step", ...]) -> AsyncGenerator[Batch, None]:
        try:
            for step in steps:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, asyncio.Event):
                    self.waiting.set()
                    await step.wait()
                    continue
                self.given += 1
                yield step if isinstance(step, Batch) else Batch([step])
        finally:
            await asyncio.sleep(0)  # closing takes a moment, as that of a connection does
            self.closed = True


@pytest.fixture(autouse=True)
async def _no_task_is_left() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    assert asyncio.all_tasks() - before - {asyncio.current_task()} == set()


@pytest.fixture
async def client() -> Client:
    return Client()


def fail(error: Exception) -> Response:
    return Response(f"{type(error).__name__}: {error}", 503)


def stream(
    source: Source,
    admission: Admission | None = None,
    *,
    first_byte_s: float = 60,
    send_s: float = 60,
    ping_s: float = 60,
    **options: Any,
) -> EventStream:
    admission = admission or Admission(lambda: 1)
    return EventStream(
        source.events,
        admit=lambda: admission.admit(["run"], "caller"),
        fail=fail,
        error_event=lambda _: ERROR_EVENT,
        times=Times(first_byte_s, send_s, ping_s),
        **options,
    )


def computed(compute: Any, admission: Admission | None = None) -> ComputedResponse:
    admission = admission or Admission(lambda: 1)
    return ComputedResponse(compute, admit=lambda: admission.admit(["run"], "caller"), fail=fail)


async def respond(response: Response, client: Client) -> None:
    await response(SCOPE, client.receive, client.send)


async def test_work_gives_its_result(client: Client) -> None:
    async def work() -> int:
        await asyncio.sleep(0)
        return 7

    assert await while_connected(client.receive, work()) == 7


async def test_work_gives_its_error(client: Client) -> None:
    async def work() -> None:
        raise RagError("no such luck")

    with pytest.raises(RagError, match="no such luck"):
        await while_connected(client.receive, work())


async def test_work_is_cancelled_when_the_client_leaves(client: Client) -> None:
    ended = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append(True)

    running = asyncio.create_task(while_connected(client.receive, work()))
    await asyncio.sleep(0)
    client.left.set()
    assert await running is None
    assert ended == [True]  # waited for, not only told to stop


async def test_work_is_cancelled_with_the_request(client: Client) -> None:
    started, ended = asyncio.Event(), []

    async def work() -> None:
        try:
            started.set()
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    running = asyncio.create_task(while_connected(client.receive, work()))
    await started.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert ended == [True]


async def test_only_a_disconnect_counts_as_leaving(client: Client) -> None:
    late = [{"type": "http.request", "body": b"", "more_body": False}] * 3

    all_read = asyncio.Event()

    async def receive() -> Message:
        if not late:
            all_read.set()
            return await client.receive()
        return late.pop()

    async def work() -> str:
        await all_read.wait()
        return "done"

    assert await while_connected(receive, work()) == "done"


async def test_a_computed_response_is_sent(client: Client) -> None:
    async def compute() -> Response:
        return Response("answer", 201)

    await respond(computed(compute), client)
    assert client.status == 201
    assert client.bodies == [b"answer"]


async def test_nothing_is_computed_for_a_client_that_has_left(client: Client) -> None:
    begun = asyncio.Event()

    async def compute() -> Response:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody waits for this")

    running = asyncio.create_task(respond(computed(compute), client))
    await begun.wait()
    client.left.set()
    await running
    assert client.sent == []


async def test_a_stream_is_sent_event_by_event_and_ends_cleanly(client: Client) -> None:
    source = Source(b"1", b"2", b"3")
    await respond(stream(source), client)
    assert client.status == 200
    assert client.bodies == [b"1", b"2", b"3", b""]
    assert client.has_clean_end
    assert source.closed


async def test_a_stream_is_neither_cached_nor_buffered_nor_changed_on_its_way(
    client: Client,
) -> None:
    await respond(stream(Source(b"1")), client)
    assert dict(client.sent[0]["headers"]) == {
        b"content-type": b"text/event-stream; charset=utf-8",
        b"cache-control": b"no-cache, no-transform",
        b"x-accel-buffering": b"no",
    }


async def test_an_event_is_on_its_way_before_the_next_is_made(client: Client) -> None:
    release = asyncio.Event()
    running = asyncio.create_task(respond(stream(Source(b"1", release, b"2")), client))
    await client.until(2)
    assert client.bodies == [b"1"]
    release.set()
    await running
    assert client.bodies == [b"1", b"2", b""]


async def test_an_error_before_the_first_event_is_an_http_error(client: Client) -> None:
    source = Source(RagError("nothing ingested"), b"1")
    await respond(stream(source), client)
    assert client.status == 503
    assert client.bodies == [b"RagError: nothing ingested"]
    assert source.closed


async def test_a_stream_of_nothing_is_an_empty_one(client: Client) -> None:
    await respond(stream(Source()), client)
    assert (client.status, b"".join(client.bodies)) == (200, b"")
    assert client.has_clean_end


async def test_a_stream_of_nothing_may_have_a_response_of_its_own(client: Client) -> None:
    await respond(stream(Source(), empty=Response(status_code=204)), client)
    assert client.status == 204


async def test_early_events_wait_until_the_model_has_accepted(client: Client) -> None:
    release = asyncio.Event()
    source = Source(EarlyBatch([b"1", b"2"]), EarlyBatch([b"3"]), release, Batch(), release, b"4")
    running = asyncio.create_task(respond(stream(source), client))
    await source.waiting.wait()
    assert client.sent == []
    release.set()
    await client.until(2)
    assert client.bodies[0] == b"123"
    await running
    assert client.bodies == [b"123", b"4", b""]


async def test_an_error_after_early_events_is_an_http_error(client: Client) -> None:
    source = Source(EarlyBatch([b"1"]), RagError("the model refused"))
    await respond(stream(source), client)
    assert client.status == 503
    assert client.bodies == [b"RagError: the model refused"]


async def test_early_events_alone_are_sent_at_the_end(client: Client) -> None:
    await respond(stream(Source(EarlyBatch([b"1"]), LastBatch([b"2"]))), client)
    assert client.bodies == [b"12", b""]
    client.sent.clear()
    await respond(stream(Source(EarlyBatch([b"1"]))), client)
    assert client.bodies == [b"1", b""]


async def test_a_response_begins_in_time_with_what_there_is(client: Client) -> None:
    release = asyncio.Event()
    source = Source(
        EarlyBatch([b"1"]), release, EarlyBatch([b"2"]), RagError("too late for a status")
    )
    running = asyncio.create_task(respond(stream(source, first_byte_s=0.01), client))
    await client.until(2)
    assert (client.status, client.bodies) == (200, [b"1"])
    release.set()
    await running
    assert client.bodies == [b"1", b"2", ERROR_EVENT, b""]
    assert client.has_clean_end


async def test_a_response_that_begins_with_nothing_begins_with_a_ping(client: Client) -> None:
    release = asyncio.Event()
    running = asyncio.create_task(respond(stream(Source(release, b"1"), first_byte_s=0.01), client))
    await client.until(2)
    release.set()
    await running
    assert client.bodies == [PING, b"1", b""]


async def test_where_there_is_no_place_nothing_is_begun(client: Client) -> None:
    admission, source = Admission(lambda: 1), Source(b"1")
    with admission.admit(["other"], "caller"):
        await respond(stream(source, admission), client)
        assert client.status == 503
        assert client.bodies[0].startswith(OverloadedError.__name__.encode())
        client.sent.clear()

        async def compute() -> Response:
            raise AssertionError("there is no place for it")

        await respond(computed(compute, admission), client)
        assert client.status == 503
    assert source.given == 0
    assert admission.count == 0


async def test_a_place_is_given_back(client: Client) -> None:
    admission = Admission(lambda: 1)
    for source in (Source(b"1"), Source(RagError("no")), Source(b"1", RagError("no"))):
        await respond(stream(source, admission), client)
        assert admission.count == 0


@pytest.mark.parametrize("before", [0, 1])
async def test_a_stream_that_is_stopped_says_why(client: Client, before: int) -> None:
    admission = Admission(lambda: 1)
    source = Source(*[b"1"] * before, asyncio.Event())
    running = asyncio.create_task(respond(stream(source, admission), client))
    await source.waiting.wait()
    admission.stop_all(ShuttingDownError("over"))
    await running
    assert source.closed
    if before:
        assert client.bodies == [b"1", ERROR_EVENT, b""]
        assert client.has_clean_end
    else:
        assert (client.status, client.bodies) == (503, [b"ShuttingDownError: over"])


async def test_computing_that_is_stopped_says_why(client: Client) -> None:
    admission, begun = Admission(lambda: 1), asyncio.Event()

    async def compute() -> Response:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody waits for this")

    running = asyncio.create_task(respond(computed(compute, admission), client))
    await begun.wait()
    admission.stop_all(ShuttingDownError("over"))
    await running
    assert (client.status, client.bodies) == (503, [b"ShuttingDownError: over"])


async def test_nothing_is_waited_for_after_the_end(client: Client) -> None:
    source = Source(b"1", LastBatch([b"2"]), asyncio.Event())
    await respond(stream(source), client)
    assert client.bodies == [b"1", b"2", b""]
    assert source.closed


@pytest.mark.parametrize("how", ["end", "error"])
async def test_an_end_that_is_being_told_is_not_stopped(how: str) -> None:
    """Neither does a stop then add a second end, nor does it take the first one away."""

    class Slow(Client):
        async def send(self, message: Message) -> None:
            if message.get("body") in (b"2", ERROR_EVENT):
                blocked.set()
                await go.wait()
            await super().send(message)

    client, admission = Slow(), Admission(lambda: 1)
    blocked, go = asyncio.Event(), asyncio.Event()
    last: Step = LastBatch([b"2"]) if how == "end" else RagError("broken")
    running = asyncio.create_task(respond(stream(Source(b"1", last), admission), client))
    await blocked.wait()
    admission.stop_all(ShuttingDownError("over"))
    go.set()
    await running
    assert client.bodies == [b"1", b"2" if how == "end" else ERROR_EVENT, b""]
    assert client.has_clean_end


async def test_a_client_that_takes_nothing_is_given_up(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    source = Source(b"1", b"2", b"3")
    client.reads.clear()
    await respond(stream(source, send_s=0.02), client)
    assert source.closed
    assert "run run left: its client takes nothing" in caplog.text


async def test_so_is_one_that_does_not_even_take_the_error(client: Client) -> None:
    release = asyncio.Event()
    source = Source(b"1", release, RagError("broken"))
    running = asyncio.create_task(respond(stream(source, send_s=0.02), client))
    await client.until(2)
    client.reads.clear()
    release.set()
    await running
    assert not client.has_clean_end


async def test_a_slow_client_is_not_given_up_while_it_takes_something(client: Client) -> None:
    source = Source(*[b"1"] * 10)

    async def sip() -> None:
        while True:
            client.reads.clear()
            await asyncio.sleep(0.02)
            client.reads.set()
            await asyncio.sleep(0)

    sipping = asyncio.create_task(sip())
    await respond(stream(source, send_s=2), client)
    sipping.cancel()
    await asyncio.gather(sipping, return_exceptions=True)
    assert client.bodies == [b"1"] * 10 + [b""]


async def test_an_error_after_the_first_event_is_the_last_event(client: Client) -> None:
    source = Source(b"1", b"2", RagError("the model broke off"), b"3")
    await respond(stream(source), client)
    assert client.status == 200
    assert client.bodies == [b"1", b"2", ERROR_EVENT, b""]
    assert client.has_clean_end
    assert source.closed


@pytest.mark.parametrize("before", [0, 1])
async def test_a_client_that_leaves_stops_the_stream(client: Client, before: int) -> None:
    source = Source(*[b"1"] * before, asyncio.Event(), b"2")
    running = asyncio.create_task(respond(stream(source), client))
    await source.waiting.wait()
    client.left.set()
    await running
    assert source.closed
    assert b"2" not in client.bodies
    assert not client.sent or client.sent[-1]["more_body"]  # told nothing more


async def test_a_slow_client_slows_the_source_down(client: Client) -> None:
    source = Source(b"1", b"2", b"3")
    client.reads.clear()
    running = asyncio.create_task(respond(stream(source), client))
    for _ in range(50):
        await asyncio.sleep(0)
    assert source.given == 1  # no heap of events for a client that does not read
    client.reads.set()
    await running
    assert client.bodies == [b"1", b"2", b"3", b""]


async def test_a_client_that_stops_reading_and_leaves_stops_the_stream(client: Client) -> None:
    source = Source(b"1", b"2", b"3")
    running = asyncio.create_task(respond(stream(source), client))
    await client.until(1)
    client.reads.clear()
    for _ in range(10):
        await asyncio.sleep(0)
    client.left.set()
    await running
    assert source.closed
    assert source.given < 4


async def test_silence_is_filled_with_pings(client: Client) -> None:
    release = asyncio.Event()
    source = Source(b"1", release, b"2")
    running = asyncio.create_task(respond(stream(source, ping_s=0.01), client))
    await client.until(4)
    release.set()
    await running
    first, *pings, last, end = client.bodies
    assert (first, last, end) == (b"1", b"2", b"")
    assert len(pings) >= 2
    assert set(pings) == {PING}
    assert client.has_clean_end


async def test_a_ping_comes_only_after_silence(client: Client) -> None:
    ping_s = 0.3

    async def events() -> AsyncGenerator[Batch, None]:
        for pause in (0.1, 0.1, 0.1, 0.1, 0.4, 0.1):
            yield Batch([b"1"])
            await asyncio.sleep(pause)

    source = Source()
    source.events = events()
    await respond(stream(source, ping_s=ping_s), client)
    arrived = list(zip(client.sent[1:], client.times[1:], strict=True))
    gaps = [
        at - before for (_, before), (message, at) in pairwise(arrived) if message["body"] == PING
    ]
    assert gaps
    # Half, because a busy machine may delay the note of the time, never the ping's rule.
    assert min(gaps) > ping_s / 2


async def test_no_ping_before_the_response_has_begun(client: Client) -> None:
    release = asyncio.Event()
    source = Source(release, RagError("nothing ingested"))
    running = asyncio.create_task(respond(stream(source, ping_s=0.001), client))
    await asyncio.sleep(0.02)
    assert client.sent == []
    release.set()
    await running
    assert client.status == 503


async def test_no_ping_after_the_end(client: Client) -> None:
    await respond(stream(Source(b"1"), ping_s=0.001), client)
    count = len(client.sent)
    await asyncio.sleep(0.02)
    assert len(client.sent) == count
    assert client.has_clean_end
