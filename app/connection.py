"""Responses whose work ends with the connection: when the client goes, so does the run."""

import asyncio
import time
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
    working = asyncio.create_task(work)
    leaving = asyncio.create_task(_disconnected(receive))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


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
            pinging = asyncio.create_task(line.keep_open())
            try:
                await line.send(first)
                async for event in events:
                    await line.send(event)
            except Exception as error:  # noqa: BLE001 - the edge: told to the client, logged
                await line.send(self._error_event(error))
            finally:
                pinging.cancel()
            await send({"type": "http.response.body", "body": b"", "more_body": False})


class _Line:
    """The open response, and when something was last sent on it."""

    def __init__(self, send: Callable[[Any], Awaitable[None]], ping_s: float) -> None:
        self._send = send
        self._ping_s = ping_s
        self._last = time.monotonic()

    async def send(self, event: bytes) -> None:
        self._last = time.monotonic()
        await self._send({"type": "http.response.body", "body": event, "more_body": True})

    async def keep_open(self) -> None:
        while True:
            await asyncio.sleep(max(0.0, self._last + self._ping_s - time.monotonic()))
            if time.monotonic() - self._last >= self._ping_s:
                await self.send(PING)
