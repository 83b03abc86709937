"""Responses whose work ends with the connection: when the client goes, so does the run."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import aclosing
from typing import Any, TypeVar

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.wire import PING

T = TypeVar("T")
PING_S = 10.0
"""Silence after which a comment keeps proxies from cutting the stream."""

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),
]


async def while_connected(receive: Receive, work: Coroutine[Any, Any, T]) -> T | None:
    """Do the work and return its result; if the client goes, cancel it and return None.

    The request's body must have been read.
    """
    doing = asyncio.current_task()
    assert doing is not None  # noqa: S101 - a coroutine runs in a task
    has_left = is_over = False

    def on_leaving(leaving: asyncio.Task[None]) -> None:
        nonlocal has_left
        if not (is_over or leaving.cancelled() or leaving.exception()):
            has_left = True
            doing.cancel()

    leaving = asyncio.create_task(_disconnected(receive))
    leaving.add_done_callback(on_leaving)
    try:
        return await work
    except asyncio.CancelledError:
        if has_left and doing.uncancel() == 0:
            return None
        raise
    finally:
        is_over = True
        leaving.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class ComputedResponse(Response):
    """A response made by a coroutine, which is cancelled if the client goes first."""

    def __init__(self, compute: Callable[[], Coroutine[Any, Any, Response]]) -> None:
        self._compute = compute
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await while_connected(receive, self._compute())
        if response is not None:
            await response(scope, receive, send)


class EventStream(Response):
    """Server-sent events from a generator of ready events.

    Nothing is sent before the generator gives its first event: an error until then becomes
    `fail`'s response, a real HTTP error. An error after it becomes one last event, and the
    response still ends cleanly.
    """

    def __init__(
        self,
        events: AsyncGenerator[bytes, None],
        *,
        fail: Callable[[Exception], Response],
        error_event: Callable[[Exception], bytes],
        ping_s: float = PING_S,
    ) -> None:
        self._events = events
        self._fail = fail
        self._error_event = error_event
        self._ping_s = ping_s
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await while_connected(receive, self._send_all(scope, receive, send))

    async def _send_all(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._events) as events:
            try:
                first = await anext(events)
            except Exception as error:  # noqa: BLE001 - the edge: told to the client, logged
                await self._fail(error)(scope, receive, send)
                return
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            line = _Line(send, self._ping_s)
            try:
                await line.send(first)
                async for event in events:
                    await line.send(event)
            except Exception as error:  # noqa: BLE001 - the edge: told to the client, logged
                await line.send(self._error_event(error))
            finally:
                line.stop_pings()
            await send({"type": "http.response.body", "body": b"", "more_body": False})


class _Line:
    """The open response, and when something was last sent on it."""

    def __init__(self, send: Callable[[Any], Awaitable[None]], ping_s: float) -> None:
        self._send = send
        self._ping_s = ping_s
        self._loop = asyncio.get_running_loop()
        self._last = self._loop.time()
        self._look = self._loop.call_at(self._last + ping_s, self._look_at_clock)
        self._ping: asyncio.Task[None] | None = None

    async def send(self, event: bytes) -> None:
        self._last = self._loop.time()
        await self._send({"type": "http.response.body", "body": event, "more_body": True})

    def stop_pings(self) -> None:
        self._look.cancel()
        if self._ping is not None:
            self._ping.cancel()

    def _look_at_clock(self) -> None:
        # A timer and no task: hardly any stream is silent for so long.
        if self._loop.time() - self._last >= self._ping_s and (
            self._ping is None or self._ping.done()
        ):
            self._ping = self._loop.create_task(self.send(PING))
            # What it fails with, the next event fails with too.
            self._ping.add_done_callback(lambda ping: ping.cancelled() or ping.exception())
            self._last = self._loop.time()
        self._look = self._loop.call_at(self._last + self._ping_s, self._look_at_clock)
