"""A told answer over three documents, written as chunks of OpenAI's API."""

import json
from typing import Any

from langchain_core.documents import Document

from app.openai.addresses import Addresses
from app.openai.answer import Answer
from app.openai.chunks import Chunks, chunk_batches
from app.openai.request import Asked, read_request
from app.streaming.batches import Batch
from rag_stream import events
from rag_stream.citations.tracker import CitationTracker
from rag_stream.events import Accepted, Cited, Event, Finished, Found, Reworded, Text
from rag_stream.pipeline.refusals import REFUSAL
from rag_stream.settings import load_settings
from tests.support.told_events import finished, happening

FILE = Document("Red is warm.", id="c 1", metadata={"source": "a/colors.md", "title": "Colors"})
PAGE = Document("Blue is cold.", id="c2", metadata={"source": "https://h/blue", "section": "Sky"})
SAME = Document("Blue is deep.", id="c3", metadata={"source": "https://h/blue"})
DOCUMENTS = [FILE, PAGE, SAME]
PIECES = ["Blue is ", "cold. [2]", " Red is warm. [1]", " Cold \u2028 again [2]."]
CITED = "Blue is cold. [1] Red is warm. [2] Cold \u2028 again [1]."
BLUE = "https://h/blue"
QUOTED = f"{BLUE}#:~:text=Blue%20is%20cold."
PAGE_QUOTE = {"quote": "Blue is cold.", "source_start": 0, "source_end": 13}


def asked(**body: Any) -> Asked:
    messages = [{"role": "user", "content": "Which colors are warm?"}]
    settings = load_settings(chat_model="local:extractive")
    return read_request({"model": "rag-stream", "messages": messages} | body, {}, settings)


def answer_of(asked: Asked) -> Answer:
    return Answer(asked, Addresses("http://h:1/"), "auto")


def whole(**changes: Any) -> Finished:
    """The end of an answer with its usage."""
    usage = {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7}
    return finished(**{"usage": usage, **changes})


def told() -> list[Event]:
    """The events of a real answer over the documents."""
    tracker = CitationTracker(DOCUMENTS)
    out: list[Event] = [events.Asked("Which?"), Reworded("Which ones?"), Found(DOCUMENTS)]
    out.append(Accepted())
    for piece in [*PIECES, None]:
        text, citations = tracker.end() if piece is None else tracker.feed(piece)
        out += [Text(text, tracker.marks)] if text else []
        out += [Cited(citations)] if citations else []
    return [*out, whole()]


REFUSED: list[Event] = [
    events.Asked("Which?"),
    Found(DOCUMENTS),
    Text(REFUSAL),
    Cited([]),
    finished(state="abstained", finish_reason=None, usage=None),
]


async def streamed(given: list[Event], **body: Any) -> tuple[list[Any], list[type[Batch]]]:
    """The chunks, and the kind of batch that each came in; `[DONE]` is the last."""
    wanted = asked(stream=True, **body)
    chunks: list[Any] = []
    kinds: list[type[Batch]] = []
    async for batch in chunk_batches(
        happening(*given),
        answer_of(wanted),
        Chunks("chatcmpl-1", 5),
        with_usage=wanted.with_usage,
    ):
        for event in batch:
            assert event.startswith(b"data: ")
            assert event.endswith(b"\n\n")
            assert len(event.decode().splitlines()) == 2
            data = event[6:].decode().strip()
            chunks.append(data if data == "[DONE]" else json.loads(data))
            kinds.append(type(batch))
    return chunks, kinds


def text_of(chunks: list[Any]) -> str:
    choices = [choice for chunk in chunks if chunk != "[DONE]" for choice in chunk["choices"]]
    return "".join(choice["delta"].get("content", "") for choice in choices)
