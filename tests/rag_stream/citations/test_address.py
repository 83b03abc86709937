"""Addresses of what was cited."""

from typing import Any

import pytest
from langchain_core.documents import Document

from rag_stream.citations.address import (
    citation_address,
    document_address,
    is_web,
    original_of,
    page_address,
    quote_address,
)
from rag_stream.citations.tracker import CitationTracker
from tests.support.told_events import citation

TEXT = "First words. The quote is this."
CITATION = citation(0, TEXT[13:], quote_start=13, quote_end=len(TEXT))


def a_document(source: str, **metadata: Any) -> Document:
    return Document(TEXT, metadata={"source": source, "chunk_id": "c1", **metadata})


def test_a_file_is_shown_by_the_service_itself() -> None:
    file = a_document("guide.md")
    assert document_address(file) == "/sources/c1"
    assert citation_address(CITATION, file) == f"/sources/c1?quote=13,{len(TEXT)}"
    assert document_address(file, "https://us.example/") == "https://us.example/sources/c1"
    assert quote_address(file, 0, 5, "/mounted") == "/mounted/sources/c1?quote=0,5"


def test_a_page_is_shown_where_it_comes_from() -> None:
    page = a_document("https://x.example/a#b")
    assert document_address(page, "https://us.example") == "https://x.example/a#b"
    url = "https://x.example/a#b:~:text=The%20quote%20is%20this."
    assert citation_address(CITATION, page) == url


def test_citations_carry_theirs() -> None:
    tracker = CitationTracker([a_document("guide.md")], "https://us.example")
    _, citations = tracker.feed("The quote is this [1]. ")
    _, rest = tracker.end()
    assert [one.url for one in [*citations, *rest]] == [
        f"https://us.example/sources/c1?quote=13,{len(TEXT)}"
    ]


def test_an_address_beside_the_source_is_the_original() -> None:
    file = a_document("guide.md", url="http://x.example/guide")
    assert document_address(file) == "http://x.example/guide"


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "file:///etc/passwd"),
        *("http:///x", "https://", "http://[", "http://x.example/\n", "http://x .example"),
        *("//x.example", "guide.md", "", "https://x.example/" + "a" * 9_000),
    ],
)
def test_what_no_page_may_link_to_is_no_original(address: str) -> None:
    assert not is_web(address)
    assert original_of({"source": address, "url": address}) is None


def test_odd_ids_and_metadata_make_addresses_too() -> None:
    assert page_address("a/b?c d\ud800") == "/sources/a%2Fb%3Fc%20d%3F"
    assert original_of({"url": 5}) is None
    assert document_address(Document("x", id="by-id")) == "/sources/by-id"
    assert document_address(Document("x")) is None
