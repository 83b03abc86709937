"""Responses whose work ends with the connection: when the client goes, so does the run."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from typing import Any, TypeVar

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.lifecycle.ticket import Ticket
from app.streaming.batches import Batch, EarlyBatch, LastBatch
from app.streaming.sse_writer import Headers, SseWriter, Times
from rag_stream.errors import RagError

T = TypeVar("T")
log = logging.getLogger("rag_stream.app")


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

    def __init__(
        self,
        compute: Callable[[int], Coroutine[Any, Any, Response]],
        *,
        admit: Callable[[], Ticket],
        fail: Callable[[Exception], Response],
    ) -> None:
        """`compute` is told how many places it has. `admit` raises RagError where there is none;
        `fail` makes errors a response."""
        self._compute = compute
        self._admit = admit
        self._fail = fail
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response: Response | None
        try:
            with self._admit() as ticket:
                response = await while_connected(receive, self._computed(ticket))
        except RagError as error:
            response = self._fail(error)
        if response is not None:
            await response(scope, receive, send)

    async def _computed(self, ticket: Ticket) -> Response:
        try:
            await ticket.turn()
            return await self._compute(ticket.places)
        except asyncio.CancelledError:
            reason = ticket.stopped()
            if reason is None:
                raise
            return self._fail(reason)
        except Exception as error:  # noqa: BLE001 - the edge: told to the client, logged
            return self._fail(error)


class EventStream(Response):
    """Server-sent events from a generator of them.

    Nothing is sent while all that came is Early: an error until then becomes `fail`'s
    response, a real HTTP error. An error after it becomes one last event, and the response
    still ends cleanly. After `times.first_byte_s` a response begins, unless it is held.
    """

    def __init__(
        self,
        events: AsyncGenerator[Batch, None],
        *,
        admit: Callable[[], Ticket],
        fail: Callable[[Exception], Response],
        error_event: Callable[[Exception], bytes],
        times: Times,
        empty: Response | None = None,
        is_held: Callable[[], bool] = lambda: False,
        headers: Headers = (),
    ) -> None:
        """`admit` raises RagError where there is no place; `empty` is for a stream of nothing.

        `is_held`: whether the response must not begin yet, though it is time.
        """
        self._is_held = is_held
        self._empty = empty
        self._more_headers = headers
        self._events = events
        self._admit = admit
        self._fail = fail
        self._error_event = error_event
        self._times = times
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        failed: Response | None
        try:
            with self._admit() as ticket:
                failed = await while_connected(receive, self._send_all(send, ticket))
        except RagError as error:
            failed = self._fail(error)
        if failed is not None:
            await failed(scope, receive, send)

    async def _send_all(self, send: Send, ticket: Ticket) -> Response | None:
        """Send the events; the response to send instead, where none has begun."""
        writer = SseWriter(send, self._times, ticket.abandon, self._is_held, self._more_headers)
        try:
            failure = await self._send_events(writer, ticket)
            ticket.settle()
            if failure is not None:
                if not writer.is_open:
                    return self._fail(failure)
                await writer.send(self._error_event(failure))
            elif self._empty is not None and not writer.is_open:
                return self._empty
            await writer.end()
        except asyncio.CancelledError:
            if not ticket.abandoned():
                raise
            log.warning("run %s left: its client takes nothing", ", ".join(ticket.run_ids))
        finally:
            writer.stop_timers()
        return None

    async def _send_events(self, writer: SseWriter, ticket: Ticket) -> Exception | None:
        """What kept them from being sent to their end, if anything did."""
        is_complete = False
        try:
            async with aclosing(self._events) as events:
                await ticket.turn()
                async for batch in events:
                    if type(batch) is EarlyBatch:
                        await writer.keep(batch)
                        continue
                    if type(batch) is LastBatch:
                        ticket.settle()
                        is_complete = True
                    await writer.send(batch[0] if len(batch) == 1 else b"".join(batch))
                    if is_complete:
                        break
        except asyncio.CancelledError:
            reason = ticket.stopped()
            if reason is None:
                raise
            return reason
        except Exception as error:
            if is_complete:
                log.exception("run %s: a failure after its end", ", ".join(ticket.run_ids))
                return None
            return error
        return None
