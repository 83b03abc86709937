"""An answer as a stream of chat completion chunks, and which of them may wait."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from app.openai.answer import Answer
from app.openai.request import MODEL
from app.streaming.batches import Batch, EarlyBatch, LastBatch
from app.streaming.sse import dumps
from rag_stream.events import Event, Text

_DONE = b"data: [DONE]\n\n"
_END = b"\n\n"


class Chunks:
    """Writes the chunks of one answer: what is the same in all of them is encoded once."""

    def __init__(self, completion_id: str, created: int) -> None:
        self._same = {
            "id": completion_id,
            "object": "chat.completion.chunk",
            "created": created,
            "model": MODEL,
        }
        begin = dumps({**self._same, "choices": [{"index": 0, "delta": {"content": ""}}]})
        self._before = b"data: " + begin.removesuffix(b'""}}]}')
        self._after = b'},"finish_reason":null}]}' + _END

    def text(self, text: str) -> bytes:
        """A piece of the answer's text."""
        return self._before + dumps(text) + self._after

    def delta(
        self, delta: dict[str, Any], finish_reason: str | None = None, **beside: Any
    ) -> bytes:
        """Any other chunk with a choice; `beside` stands next to the choices."""
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return self.data({**self._same, "choices": [choice], **beside})

    def event(self, event: dict[str, Any]) -> bytes:
        """What Open WebUI shows beside the text."""
        return self.delta({}, event=event)

    def usage(self, usage: dict[str, Any]) -> bytes:
        return self.data({**self._same, "choices": [], "usage": usage})

    @staticmethod
    def data(value: Any) -> bytes:
        """An event of any kind."""
        return b"data: " + dumps(value) + _END


async def chunk_batches(
    events: AsyncGenerator[Event, None],
    answer: Answer,
    chunks: Chunks,
    *,
    with_usage: bool,
) -> AsyncGenerator[Batch, None]:
    """The role, the text, one finish chunk, `[DONE]`. Raises what the answer raises."""
    yield EarlyBatch([chunks.delta({"role": "assistant", "content": ""})])
    has_begun = False
    async with aclosing(events):
        async for event in events:
            if has_begun and type(event) is Text:  # what most events are
                if batch := _said(event, answer, chunks):
                    yield batch
                continue
            batch = Batch()
            if not has_begun and answer.begins(event):
                has_begun = True
                batch += map(chunks.event, answer.take_source_events())
                if answer.is_listed_before and (listing := answer.listing):
                    batch.append(chunks.delta({"content": ""}, **listing))
                yield batch
                batch = Batch()
            batch += _said(event, answer, chunks)
            if batch and answer.status is None:
                yield batch
            if answer.status is not None:
                yield _end(batch, answer, chunks, with_usage=with_usage)


def _said(event: Event, answer: Answer, chunks: Chunks) -> Batch:
    """The text of an event, behind the sources that its markers are of."""
    text = answer.text_of(event)
    batch = Batch([chunks.text(text)] if text else ())
    if due := answer.take_source_events():
        batch[:0] = map(chunks.event, due)
    return batch


def _end(batch: Batch, answer: Answer, chunks: Chunks, *, with_usage: bool) -> LastBatch:
    """What follows the text, in one write."""
    annotations = answer.annotations
    delta = {"annotations": annotations} if annotations else {}
    last = chunks.delta(delta, answer.finish_reason, rag=answer.rag, **answer.listing)
    ending = LastBatch([*batch, last])
    if with_usage and (usage := answer.usage) is not None:
        ending.append(chunks.usage(usage))
    ending.append(_DONE)
    return ending
