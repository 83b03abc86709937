"""One answer as a UI message: its parts in their order, and how it ends when it fails."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from app.error_responses import describe_failure, log_failure
from app.errors import RunCancelledError
from app.streaming.batches import Batch, EarlyBatch, LastBatch
from app.ui_messages.parts import (
    DONE,
    TEXT,
    Sources,
    finish_reason,
    part,
    text_delta,
)
from rag_stream.chunks import chunk_of
from rag_stream.events import Accepted, Asked, Cited, Ended, Event, Finished, Found, Text
from rag_stream.schema import Citation

_OPEN = part("text-start", id=TEXT)
_CLOSE = part("text-end", id=TEXT)


class MessageWriter:
    """Writes one message; `batches` are its parts, `error` is what ends it in their place.

    The message's id is the run's: who has the message can speak of the run.
    """

    def __init__(self, run_id: str, base: str = "") -> None:
        """`base`: what the service's own addresses begin with."""
        self._run_id = run_id
        self._base = base
        self._sources = Sources(())
        self._citations = 0
        self._is_open = self._has_text = False

    async def batches(self, events: AsyncGenerator[Event, None]) -> AsyncGenerator[Batch, None]:
        """`start`, the sources, the text, citations, status, `finish`. Raises what `events` raises.

        Sources wait until the model has accepted the question: a failure before is an HTTP error.
        """
        yield EarlyBatch([part("start", messageId=self._run_id)])
        ending = LastBatch()
        finish = b""
        async with aclosing(events):
            async for event in events:
                match event:
                    case Text(text):
                        if self._is_open:
                            yield Batch([text_delta(text)])
                        else:
                            yield Batch([*self._opened(), text_delta(text)])
                    case Asked():  # clients have the question
                        pass
                    case Found(documents):
                        self._sources = Sources(documents, self._base)
                        yield EarlyBatch(self._sources.parts())
                    case Accepted():
                        yield Batch()
                    case Ended():
                        if self._has_text:
                            yield Batch(self._closed())
                    case Cited(citations):
                        if citations:
                            yield Batch([*self._opened(), *map(self._cited, citations)])
                    case Finished(status):
                        # What follows the answer goes out with its end, in one write.
                        ending += [*self._opened(), *self._closed(), *_data(event)]
                        reason = finish_reason(status.finish_reason, status.state)
                        finish = part("finish", finishReason=reason)
                    case _:
                        if self._has_text:
                            ending += [*self._closed(), *_data(event)]
                        else:
                            yield EarlyBatch(_data(event))
        ending += [*self._closed(), finish, DONE]
        yield ending

    def error(self, error: Exception) -> bytes:
        """The last parts of a message that fails or is stopped, and a line in the log."""
        log_failure(error, self._run_id)
        return b"".join([*self._closed(), told(error), DONE])

    def _opened(self) -> list[bytes]:
        if self._has_text:
            return []
        self._is_open = self._has_text = True
        return [_OPEN]

    def _closed(self) -> list[bytes]:
        if not self._is_open:
            return []
        self._is_open = False
        return [_CLOSE]

    def _cited(self, citation: Citation) -> bytes:
        self._citations += 1
        return self._sources.citation(citation, self._citations)


def told(error: Exception) -> bytes:
    """The part for a failure. That somebody stopped the answer is none."""
    if isinstance(error, RunCancelledError):
        return part("abort", reason=str(error))
    return part("error", errorText=describe_failure(error)["message"])


def _data(event: Event) -> list[bytes]:
    """Whatever an event says besides, each thing as a part of its own, once a message."""
    return [part(f"data-{name}", id=name, data=value) for name, value in chunk_of(event).items()]
