"""An answer's chunks and completions, in each form that its sources can have."""

import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from langchain_core.documents import Document

from app.openai.addresses import Addresses
from app.openai.answer import Answer
from app.openai.chunks import Chunks, chunk_batches
from app.openai.completion import completion
from app.openai.request import Asked, read_request
from app.streaming.batches import Batch, EarlyBatch, LastBatch
from rag_stream import events
from rag_stream.citations.tracker import CitationTracker
from rag_stream.errors import ModelFailedError
from rag_stream.events import Accepted, Cited, Event, Finished, Found, Reworded, Text
from rag_stream.pipeline.refusals import REFUSAL
from rag_stream.schema import Relevance, Status
from rag_stream.settings import load_settings

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


def finished(**changes: Any) -> Finished:
    values: dict[str, Any] = {
        "state": "completed",
        "finish_reason": "stop",
        "run_id": "r",
        "model": "openai:m",
        "usage": {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7},
        "timings_ms": {},
        "index_generation": 1,
        "search_type": "hybrid",
        "relevance": Relevance(score=0.5, threshold=None, basis="off"),
    }
    return Finished(Status(**{**values, **changes}))


def told() -> list[Event]:
    """The events of a real answer over the documents."""
    tracker = CitationTracker(DOCUMENTS)
    out: list[Event] = [events.Asked("Which?"), Reworded("Which ones?"), Found(DOCUMENTS)]
    out.append(Accepted())
    for piece in [*PIECES, None]:
        text, citations = tracker.end() if piece is None else tracker.feed(piece)
        out += [Text(text, tracker.marks)] if text else []
        out += [Cited(citations)] if citations else []
    return [*out, finished()]


REFUSED: list[Event] = [
    events.Asked("Which?"),
    Found(DOCUMENTS),
    Text(REFUSAL),
    Cited([]),
    finished(state="abstained", finish_reason=None, usage=None),
]


async def source(given: list[Event]) -> AsyncGenerator[Event, None]:
    for event in given:
        yield event


async def streamed(given: list[Event], **body: Any) -> tuple[list[Any], list[type[Batch]]]:
    """The chunks, and the kind of batch that each came in; `[DONE]` is the last."""
    wanted = asked(stream=True, **body)
    chunks: list[Any] = []
    kinds: list[type[Batch]] = []
    async for batch in chunk_batches(
        source(given),
        answer_of(wanted),
        Chunks("chatcmpl-1", 5),
        with_sources=wanted.style == "openwebui",
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


async def test_the_order_of_a_stream() -> None:
    chunks, kinds = await streamed(told(), stream_options={"include_usage": True})
    role, *texts, last, usage, done = chunks
    assert role["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert text_of(texts) == CITED
    assert all(chunk["choices"][0]["finish_reason"] is None for chunk in [role, *texts])
    assert last["choices"][0]["finish_reason"] == "stop"
    assert (usage["choices"], usage["usage"]["total_tokens"], done) == ([], 7, "[DONE]")
    same = [
        {key: chunk[key] for key in ("id", "object", "created", "model")} for chunk in chunks[:-1]
    ]
    assert same == [same[0]] * len(same)
    assert kinds[0] is EarlyBatch
    assert kinds[-3:] == [LastBatch] * 3
    assert kinds[1:-3] == [Batch] * len(texts)


async def test_no_usage_unless_it_is_asked_for() -> None:
    chunks, _ = await streamed(told())
    assert not any("usage" in chunk for chunk in chunks[:-1])


async def test_annotations_in_one_delta_with_offsets_of_what_was_sent() -> None:
    chunks, _ = await streamed(told())
    assert [n for n, c in enumerate(chunks[:-1]) if "annotations" in c["choices"][0]["delta"]] == [
        len(chunks) - 2
    ]
    last = chunks[-2]
    cited = [one["url_citation"] for one in last["choices"][0]["delta"]["annotations"]]
    assert [one["url"] for one in cited] == [
        QUOTED,
        "http://h:1/sources/c%201?quote=0,12",
        QUOTED,
    ]
    assert [CITED[one["start_index"] : one["end_index"]] for one in cited] == [
        "Blue is cold.",
        "Red is warm.",
        "Cold \u2028 again",
    ]
    assert {key: cited[0][key] for key in PAGE_QUOTE} == PAGE_QUOTE
    assert [one["title"] for one in cited] == ["blue", "Colors", "blue"]
    assert last["citations"] == ["https://h/blue", "http://h:1/sources/c%201"]
    assert [one["snippet"] for one in last["search_results"]] == ["Blue is cold.", "Red is warm."]


async def test_the_rag_object_says_all_of_it_in_terms_of_what_was_sent() -> None:
    rag = (await streamed(told()))[0][-2]["rag"]
    assert [one["page_content"] for one in rag["context"]] == [d.page_content for d in DOCUMENTS]
    assert [(one["marker"], one["document"]) for one in rag["citations"]] == [
        (1, 1),
        (2, 0),
        (1, 1),
    ]
    for one in rag["citations"]:
        assert CITED[one["answer_start"] : one["answer_end"]].strip(" .") != ""
        assert DOCUMENTS[one["document"]].page_content[one["quote_start"] : one["quote_end"]]
    assert rag["status"]["state"] == "completed"
    assert rag["question"] == {"standalone": "Which ones?", "by": "model"}


async def test_all_sources_with_the_numbers_that_they_were_found_with() -> None:
    chunks, _ = await streamed(told(), citation_sources="all")
    assert text_of(chunks) == "".join(PIECES)
    first = chunks[1]
    assert len(first["citations"]) == 3  # known before the first word
    cited = [one["url_citation"] for one in chunks[-2]["choices"][0]["delta"]["annotations"]]
    assert [one["title"] for one in cited] == ["Colors", "blue", "blue", "blue"]
    assert cited[2]["start_index"] == cited[2]["end_index"] == len("".join(PIECES))


async def test_sources_for_open_webui_come_before_the_text_and_numbers_open_them() -> None:
    chunks, _ = await streamed(told(), citation_style="openwebui")
    events = [chunk["event"]["data"] for chunk in chunks[:-1] if "event" in chunk]
    assert [one["metadata"][0]["source"] for one in events] == [
        "http://h:1/sources/c%201",
        "https://h/blue",
    ]
    assert events[1]["document"] == ["Blue is cold.", "Blue is deep."]
    assert text_of(chunks[:3]) == ""
    assert text_of(chunks) == "".join(PIECES)  # the page is its second source
    assert all(chunk["choices"] for chunk in chunks[:-1])
    assert "annotations" not in chunks[-2]["choices"][0]["delta"]


async def test_sources_in_the_text_itself() -> None:
    chunks, _ = await streamed(told(), citation_style="markdown")
    text = text_of(chunks)
    blue, red = QUOTED, "http://h:1/sources/c%201?quote=0,12"
    assert text == (
        f"Blue is cold. [[1]]({blue}) Red is warm. [[2]]({red}) "
        f"Cold \u2028 again [[1]]({blue}).\n\n**Sources**\n\n"
        f"1. [blue, Sky]({blue})\n2. [Colors]({red})"
    )
    rag = chunks[-2]["rag"]
    said = [text[one["answer_start"] : one["answer_end"]] for one in rag["citations"]]
    assert said == ["Blue is cold.", "Red is warm.", "Cold \u2028 again"]


@pytest.mark.parametrize("style", ["annotations", "openwebui", "markdown"])
async def test_a_refusal_has_no_sources(style: str) -> None:
    options = {"include_usage": True}
    chunks, _ = await streamed(
        REFUSED, citation_style=style, citation_sources="all", stream_options=options
    )
    assert text_of(chunks) == REFUSAL
    last, usage = chunks[-3:-1]
    assert last["choices"][0] == {"index": 0, "delta": {}, "finish_reason": "stop"}
    assert not any("event" in chunk or "citations" in chunk for chunk in chunks[:-1])
    assert last["rag"]["status"]["state"] == "abstained"
    assert usage["usage"]["total_tokens"] == 0  # no model was asked


async def test_usage_that_nobody_knows_is_not_made_up() -> None:
    given = [*told()[:-1], finished(usage=None)]
    chunks, _ = await streamed(given, stream_options={"include_usage": True})
    assert not any("usage" in chunk for chunk in chunks[:-1])


@pytest.mark.parametrize("style", ["annotations", "openwebui", "markdown"])
async def test_a_completion_is_what_its_stream_says(style: str) -> None:
    chunks, _ = await streamed(told(), citation_style=style)
    wanted = asked(citation_style=style)
    whole = await completion(source(told()), answer_of(wanted), "chatcmpl-1", 5)
    message = whole["choices"][0]["message"]
    assert (whole["object"], message["content"]) == ("chat.completion", text_of(chunks))
    delta = chunks[-2]["choices"][0]["delta"]
    assert message["annotations"] == delta.get("annotations", [])
    assert whole["usage"]["completion_tokens"] == 4
    assert whole["rag"]["citations"] == chunks[-2]["rag"]["citations"]


@pytest.mark.parametrize(
    ("given", "told_as"), [("length", "length"), (None, "stop"), ("tool_calls", "stop")]
)
async def test_finish_reasons_are_those_of_a_text(given: Any, told_as: str) -> None:
    chunks, _ = await streamed([*told()[:-1], finished(finish_reason=given)])
    assert chunks[-2]["choices"][0]["finish_reason"] == told_as


async def test_a_failure_is_raised_after_what_there_was() -> None:
    async def failing() -> AsyncGenerator[Event, None]:
        yield Text("One")
        raise ModelFailedError("broke off")

    wanted = asked(stream=True)
    batches = chunk_batches(
        failing(), answer_of(wanted), Chunks("c", 1), with_sources=False, with_usage=False
    )
    await anext(batches)
    await anext(batches)
    [one] = await anext(batches)
    assert b'"One"' in one
    with pytest.raises(ModelFailedError):
        await anext(batches)
