"""An answer's events as LangServe's clients read them, and which of them may wait."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from app.streaming.batches import Batch, EarlyBatch, LastBatch
from app.streaming.sse import SseEncoder
from rag_stream.chunks import chunk_of
from rag_stream.events import Accepted, Asked, Cited, Ended, Event, Found, Reworded, Text


async def answer_batches(
    events: AsyncGenerator[Event, None], encoder: SseEncoder, run_id: object
) -> AsyncGenerator[Batch, None]:
    """`metadata`, a `data` event for each event, `end`. Raises what the answer raises.

    That the model has accepted the question is not sent by itself: the response begins.
    """
    yield EarlyBatch([encoder.event("metadata", {"run_id": run_id})])
    has_text = False
    ending = LastBatch()
    async with aclosing(events):
        async for event in events:
            match event:
                case Text():
                    has_text = True
                    yield Batch([encoder.event("data", chunk_of(event))])
                case Asked() | Reworded() | Found():
                    yield EarlyBatch([encoder.event("data", chunk_of(event))])
                case Accepted():
                    yield Batch()
                case Ended():  # clients read it of the status
                    pass
                case Cited(citations) if citations and has_text:
                    yield Batch([encoder.event("data", chunk_of(event))])
                case _:
                    if not has_text:  # clients wait for an answer, be it an empty one
                        has_text = True
                        ending.append(encoder.event("data", chunk_of(Accepted())))
                    # What follows the answer goes out with its end, in one write.
                    ending.append(encoder.event("data", chunk_of(event)))
    ending.append(encoder.event("end"))
    yield ending
