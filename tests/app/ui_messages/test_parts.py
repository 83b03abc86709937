"""The parts of a UI message stream, as bytes."""

from typing import Any

import orjson
import pytest
from langchain_core.documents import Document

from app.ui_messages.parts import Sources, finish_reason, part, text_delta
from tests.support.told_events import citation


def read(event: bytes) -> dict[str, Any]:
    assert event.startswith(b"data: ")
    assert event.endswith(b"\n\n")
    assert event.count(b"\n") == 2
    value: dict[str, Any] = orjson.loads(event.removeprefix(b"data: "))
    return value


def passage(source: str, chunk_id: str | None = None, **metadata: str) -> Document:
    about = {"source": source, **metadata, **({"chunk_id": chunk_id} if chunk_id else {})}
    return Document("text", metadata=about)


@pytest.mark.parametrize("text", ["a", ' "b"\n', "\u2028 👩"])
def test_a_delta_is_a_part_like_others(text: str) -> None:
    assert text_delta(text) == part("text-delta", id="0", delta=text)
    assert read(text_delta(text))["delta"] == text


def test_what_is_none_is_left_out() -> None:
    assert read(part("finish", finishReason=None)) == {"type": "finish"}


def test_a_page_is_a_source_with_its_address() -> None:
    document = passage("https://example.com/a?b=1", "c1", title="A", section="A > B")
    (event,) = Sources([document]).parts()
    assert read(event) == {
        "type": "source-url",
        "sourceId": "c1",
        "url": "https://example.com/a?b=1",
        "title": "A > B",
        "providerMetadata": {"rag": {"marker": 1, "url": "https://example.com/a?b=1"}},
    }


def test_a_file_is_a_document_with_its_kind() -> None:
    documents = [
        passage("docs/guide.pdf", "c1", title="Guide", section="Start"),
        passage("x", "c2"),
    ]
    first, second = map(read, Sources(documents, "https://rag.example").parts())
    assert first == {
        "type": "source-document",
        "sourceId": "c1",
        "mediaType": "application/pdf",
        "title": "Guide > Start",
        "filename": "guide.pdf",
        "providerMetadata": {"rag": {"marker": 1, "url": "https://rag.example/sources/c1"}},
    }
    assert (second["mediaType"], second["title"], second["filename"]) == ("text/plain", "x", "x")


@pytest.mark.parametrize(
    ("source", "title"),
    [("https://h/a/Getting-started", "Getting started"), ("https://h/", "https://h/")],
)
def test_a_page_without_a_title_is_called_by_its_name_or_its_address(
    source: str, title: str
) -> None:
    (event,) = Sources([passage(source)]).parts()
    assert read(event)["title"] == title


@pytest.mark.parametrize(
    "source", ["http://[", "ftp://example.com/x", "https:", "javascript:x", ""]
)
def test_what_is_no_page_is_a_document(source: str) -> None:
    (event,) = map(read, Sources([passage(source)]).parts())
    assert event["type"] == "source-document"
    assert event["title"]


def test_passages_of_one_source_are_sources_of_their_own() -> None:
    page = "https://example.com/"
    sources = Sources([passage(page, "a"), passage(page, "b"), passage(page, "a")])
    found = [read(event) for event in sources.parts()]
    assert [source["sourceId"] for source in found] == ["a", "b", "a-3"]
    assert [source["providerMetadata"]["rag"]["marker"] for source in found] == [1, 2, 3]


def test_a_citation_names_its_source() -> None:
    cited = citation(1, "text")
    sources = Sources([passage("x", "a"), passage("x", "b")])
    told = read(sources.citation(cited, 7))
    assert (told["type"], told["id"]) == ("data-citation", "citation-7")
    assert told["data"] == {"sourceId": "b", **cited.model_dump()}


@pytest.mark.parametrize(
    ("given", "state", "told"),
    [
        ("stop", "completed", "stop"),
        ("length", "truncated", "length"),
        ("content_filter", "truncated", "content-filter"),
        ("end_turn", "completed", "other"),
        (None, "abstained", "stop"),
        (None, "truncated", "other"),
    ],
)
def test_why_it_ended_is_told_in_the_clients_words(
    given: str | None, state: str, told: str
) -> None:
    assert finish_reason(given, state) == told
