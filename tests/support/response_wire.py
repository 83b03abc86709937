"""What a response is sent over, and a writer on it."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.types import Message

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


async def turns(count: int = 10) -> None:
    for _ in range(count):
        await asyncio.sleep(0)
