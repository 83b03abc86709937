"""The events of one answer, kept so that others than its first connection can read them."""

import asyncio
from collections.abc import AsyncGenerator

from app.errors import EventsGoneError
from app.streaming.batches import Batch, EarlyBatch, LastBatch
from rag_stream.errors import InvalidInputError


class Run:
    """Events numbered from 1 on, for any number of readers in one event loop."""

    def __init__(self, id: str, caller: str, address: str = "") -> None:
        self.id = id
        self.caller = caller
        self.address = address
        """Whose places it takes, and whose share of what is kept."""
        self.size = 0
        """Bytes that are kept."""
        self.first = 1
        """The number of the oldest event that is kept."""
        self.is_open = False
        """Whether the model has accepted the request: failures are events from then on."""
        self.is_over = False
        self._events: list[bytes] = []
        self.failure: Exception | None = None
        """What it failed with; the last event tells of it."""
        self._news = asyncio.Event()

    @property
    def last(self) -> int:
        """The number of the latest event; 0 before the first one."""
        return self.first + len(self._events) - 1

    @property
    def last_event(self) -> bytes:
        return self._events[-1]

    def add(self, events: Batch) -> None:
        """Take in what comes next."""
        self._events += events
        self.size += sum(map(len, events))
        self.is_open = self.is_open or type(events) is not EarlyBatch
        self.is_over = type(events) is LastBatch
        self._tell()

    def fail(self, failure: Exception, event: bytes) -> None:
        """End with an error, and with its event for those who can be told in no other way."""
        self._events.append(event)
        self.size += len(event)
        self.failure, self.is_over = failure, True
        self._tell()

    def shorten(self, by: int) -> int:
        """Give up the oldest events, `by` bytes of them or a little more; the last one stays.

        Returns how many bytes that freed.
        """
        freed = count = 0
        while freed < by and count < len(self._events) - 1:
            freed += len(self._events[count])
            count += 1
        del self._events[:count]
        self.first += count
        self.size -= freed
        return freed

    async def begin(self) -> AsyncGenerator[Batch, None]:
        """All events, for the connection that the run began with.

        They are Early until the model has accepted the request; raises what the run failed
        with until then.
        """
        was_open, after = False, 0
        while not was_open:
            was_open, news = self.is_open, self._news
            if self.failure is not None and not was_open:
                raise self.failure
            events = self._after(after)
            after += len(events)
            if self.is_over and after == self.last:
                yield LastBatch(events)
                return
            if events or was_open:
                yield Batch(events) if was_open else EarlyBatch(events)
            else:
                await news.wait()
        async for batch in self._follow(after):
            yield batch

    async def read(self, after: int) -> AsyncGenerator[Batch, None]:
        """The events from number `after + 1` on, to the last one.

        Raises InvalidInputError, EventsGoneError.
        """
        if after > self.last:
            raise InvalidInputError(
                f"Last-Event-ID, after: expected the id of one of this run's events, which are "
                f"numbered up to {self.last} by now, got {after}"
            )
        if not self.is_over:
            yield Batch()  # the response begins, though there may be nothing to tell yet
        async for batch in self._follow(after):
            yield batch

    async def _follow(self, after: int) -> AsyncGenerator[Batch, None]:
        while not (self.is_over and after >= self.last):
            news, events = self._news, self._after(after)
            after += len(events)
            if self.is_over and events:
                yield LastBatch(events)
                return
            if events:
                yield Batch(events)
            else:
                await news.wait()

    def _after(self, after: int) -> list[bytes]:
        if after + 1 < self.first:
            raise EventsGoneError(
                f"of this run only events from {self.first} on are kept, expected to go on "
                f"from {after + 1}"
            )
        return self._events[after + 1 - self.first :]

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
