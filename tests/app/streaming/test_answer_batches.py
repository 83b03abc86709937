"""Which of an answer's events may wait, and what stands on the wire for each."""

import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from langchain_core.documents import Document

from app.streaming.answer_batches import answer_batches
from app.streaming.batches import Batch, EarlyBatch, LastBatch
from app.streaming.sse import SseEncoder
from rag_stream.errors import ModelFailedError
from rag_stream.events import Accepted, Asked, Cited, Ended, Event, Found, Suggested, Text
from rag_stream.schema import Source
from tests.support.told_events import citation, finished, happening, status

CITATION = citation(0, "One", quote_start=4, quote_end=7)
ASKED, FOUND = Asked("Why?"), Found([Document("x One", metadata={"source": "a.md"})])
STATUS = status().model_dump(exclude_unset=True)


async def batches(*events: Event | Exception) -> list[tuple[type, list[Any]]]:
    """Each batch's kind, and its events' data or kinds."""
    return [
        (type(batch), [_said(event) for event in batch])
        async for batch in answer_batches(happening(*events), SseEncoder(), "r")
    ]


def _said(event: bytes) -> Any:
    lines = dict(line.split(": ", 1) for line in event.decode().split("\r\n") if line)
    return json.loads(lines["data"]) if lines["event"] == "data" else lines["event"]


HEAD = [(EarlyBatch, ["metadata"]), (EarlyBatch, [{"input": "Why?"}])]


async def test_what_comes_before_the_answer_may_wait() -> None:
    found = await batches(ASKED, FOUND, Text("One"), Text("!"), Cited([]), finished())
    assert found[:2] == HEAD
    assert found[2][0] is EarlyBatch
    assert found[2][1][0]["context"][0]["page_content"] == "x One"
    assert found[3:] == [
        (Batch, [{"answer": "One"}]),
        (Batch, [{"answer": "!"}]),
        (LastBatch, [{"citations": []}, {"status": STATUS}, "end"]),
    ]


async def test_that_the_answer_is_whole_is_not_sent() -> None:
    end, more = finished(), Suggested(["And?"])
    found = await batches(ASKED, Text("One"), Cited([CITATION]), Ended(end.status), more, end)
    assert found[3:] == [
        (Batch, [{"citations": [CITATION.model_dump()]}]),
        (LastBatch, [{"suggestions": ["And?"]}, {"status": STATUS}, "end"]),
    ]


async def test_that_the_model_has_accepted_begins_a_response_without_a_word() -> None:
    found = await batches(ASKED, Accepted(), Text("One"), Cited([CITATION]), finished())
    assert found[2:] == [
        (Batch, []),
        (Batch, [{"answer": "One"}]),
        (Batch, [{"citations": [CITATION.model_dump()]}]),
        (LastBatch, [{"status": STATUS}, "end"]),
    ]


async def test_an_empty_answer_is_one_all_the_same() -> None:
    found = await batches(ASKED, Accepted(), Cited([]), finished())
    last = [{"answer": ""}, {"citations": []}, {"status": STATUS}, "end"]
    assert found[2:] == [(Batch, []), (LastBatch, last)]


async def test_what_does_not_apply_is_not_sent() -> None:
    assert "nearest" not in (await batches(ASKED, Text("No."), finished()))[-1][1][0]["status"]
    nearest = [Source(source="a.md", title=None, score=0.25)]
    told = (await batches(ASKED, Text("No."), finished(nearest=nearest)))[-1][1][0]["status"]
    assert told["nearest"] == [{"source": "a.md", "title": None, "score": 0.25}]


async def test_a_failure_is_raised_after_what_there_was() -> None:
    with pytest.raises(ModelFailedError):
        await batches(ASKED, Text("One"), ModelFailedError("broke off"))


async def test_who_stops_reading_ends_the_answer() -> None:
    ended = []

    async def source() -> AsyncGenerator[Event, None]:
        try:
            while True:
                yield Text("One")
        finally:
            ended.append(True)

    reading = answer_batches(source(), SseEncoder(), "r")
    await anext(reading)
    await anext(reading)
    await reading.aclose()
    assert ended
