"""One answer, in each form that its sources can have."""

from typing import Any

import pytest
from langchain_core.documents import Document

from app.openai.addresses import title_of
from app.streaming.batches import Batch, EarlyBatch
from rag_stream.citations.tracker import CitationTracker
from rag_stream.events import Accepted, Ended, Event, Finished, Found, Text
from rag_stream.pipeline.refusals import REFUSAL
from tests.support.openai_answer import (
    BLUE,
    CITED,
    DOCUMENTS,
    PAGE_QUOTE,
    PIECES,
    QUOTED,
    REFUSED,
    answer_of,
    asked,
    streamed,
    text_of,
    told,
    whole,
)


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


def source_events(chunks: list[Any]) -> list[tuple[int, dict[str, Any]]]:
    """Those for Open WebUI, and which chunks they are."""
    return [(n, chunk["event"]) for n, chunk in enumerate(chunks[:-1]) if "event" in chunk]


async def test_open_webui_is_told_a_source_right_before_the_text_that_cites_it() -> None:
    chunks, _ = await streamed(told(), citation_style="openwebui")
    assert text_of(chunks) == CITED
    (blue, first), (red, second) = source_events(chunks)
    assert text_of(chunks[: blue + 2]) == "Blue is cold. [1]"
    assert text_of(chunks[:blue]) == "Blue is"
    assert text_of(chunks[:red]) == "Blue is cold. [1]"
    assert first == {
        "type": "source",
        "data": {
            "source": {"id": QUOTED, "name": "blue", "url": QUOTED},
            "document": ["Blue is cold."],
            "metadata": [{"source": QUOTED, "name": "blue", "external": True}],
        },
    }
    assert second["data"]["source"]["url"] == "http://h:1/sources/c%201?quote=0,12"
    assert all(chunk["choices"] for chunk in chunks[:-1])
    assert "annotations" not in chunks[-2]["choices"][0]["delta"]


async def test_open_webui_is_told_all_sources_before_the_text_where_that_is_asked_for() -> None:
    chunks, kinds = await streamed(told(), citation_style="openwebui", citation_sources="all")
    events = [data["data"] for _, data in source_events(chunks)]
    addresses = [one["metadata"][0]["source"] for one in events]
    assert addresses == ["http://h:1/sources/c%201", BLUE, BLUE]  # shown as two
    assert [one["document"] for one in events] == [[one.page_content] for one in DOCUMENTS]
    assert text_of(chunks[:4]) == ""
    assert kinds[:4] == [EarlyBatch, Batch, Batch, Batch]
    assert text_of(chunks) == "".join(PIECES)  # the page is its second source


async def test_what_stands_at_one_address_has_one_number_for_open_webui() -> None:
    pages = [Document(text, metadata={"source": BLUE}) for text in ("Blue is cold.", "It is deep.")]
    given: list[Event] = [Found(pages), Accepted()]
    tracker = CitationTracker(pages)
    for piece in ("So [2]", " and so. [1]"):  # nothing is said that could be quoted
        text, _ = tracker.feed(piece)
        given.append(Text(text, tracker.marks))
    chunks, _ = await streamed([*given, whole()], citation_style="openwebui")
    assert text_of(chunks) == "So [1] and so. [1]"
    documents = [data["data"]["document"] for _, data in source_events(chunks)]
    assert documents == [["It is deep."], ["Blue is cold."]]


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


async def test_text_is_sent_whole_before_what_is_suggested() -> None:
    answer, end = answer_of(asked(citation_style="markdown")), told()[-1]
    assert isinstance(end, Finished)
    sent = [answer.text_of(event) for event in [*told()[:-1], Ended(end.status)]]
    assert "".join(sent) == text_of((await streamed(told(), citation_style="markdown"))[0])
    assert answer.text_of(end) == ""


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


async def test_text_waits_for_no_more_than_the_event_after_a_marker() -> None:
    answer = answer_of(asked(citation_style="markdown"))
    tracker = CitationTracker(DOCUMENTS)
    marked, _ = tracker.feed("Red is warm. [1]")
    assert answer.text_of(Found(DOCUMENTS)) == answer.text_of(Text(marked, tracker.marks)) == ""
    # No citation comes: the link leads to the document.
    link = "[[1]](http://h:1/sources/c%201)"
    assert answer.text_of(Text(" And")) == f"Red is warm. {link} And"
    assert answer.text_of(Text(" blue")) == " blue"


@pytest.mark.parametrize(
    ("metadata", "title"),
    [
        ({"title": "Colors", "source": "a/colors.md"}, "Colors"),
        ({"source": "a/warm-colors.md"}, "warm colors"),
        ({"source": "https://h/"}, "https://h/"),
        ({}, "Source"),
    ],
)
def test_a_source_is_called_by_what_is_known_of_it(metadata: dict[str, Any], title: str) -> None:
    assert title_of(Document("text", metadata=metadata)) == title
