"""Hand-made ASGI ends: a client, a source of events, responses between them."""

import asyncio
import time
from collections.abc import AsyncGenerator
from typing import Any

from starlette.responses import Response
from starlette.types import Message

from app.lifecycle.admission import Admission
from app.lifecycle.limits import Limits
from app.streaming.batches import Batch
from app.streaming.responses import ComputedResponse, EventStream
from app.streaming.sse_writer import Times

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
    admission = admission or Admission(lambda: Limits.to(1))
    return EventStream(
        source.events,
        admit=lambda: admission.admit(["run"], "caller"),
        fail=fail,
        error_event=lambda _: ERROR_EVENT,
        times=Times(first_byte_s, send_s, ping_s),
        **options,
    )


def computed(compute: Any, admission: Admission | None = None) -> ComputedResponse:
    admission = admission or Admission(lambda: Limits.to(1))
    return ComputedResponse(
        lambda _: compute(), admit=lambda: admission.admit(["run"], "caller"), fail=fail
    )


async def respond(response: Response, client: Client) -> None:
    await response(SCOPE, client.receive, client.send)
