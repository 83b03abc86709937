"""A chunk as a page and as JSON."""

from typing import Any

from app.sources.passage import as_object, as_page, page_number
from rag_stream.index.client import Record
from rag_stream.index.documents import Around

TEXT = "# A <head>\n\nWords & words.\n\n```\ncode <b>\n```"


def around(**metadata: Any) -> Around:
    chunk = Record("id", TEXT, {"source": "a.pdf", "start_index": 0, "since": 1, **metadata})
    return Around(chunk, [chunk], 2, 4, "before", "after")


def html(found: Around, quoted: tuple[int, int] | None = None) -> str:
    return bytes(as_page(found, quoted, "/at").body).decode()


def test_a_page_says_where_in_the_document_it_is() -> None:
    page = html(around(title="A & B", page=7, section="Guide > Install"))
    assert "<h1>A &amp; B</h1>" in page
    assert "page 7 &middot; Guide &gt; Install &middot; part 2 of 4" in page
    assert '<a href="/at/sources/before" rel="prev">' in page
    assert '<a href="/at/sources/after" rel="next">' in page
    assert '<a href="/at/sources">All sources</a>' in page


def test_headings_and_code_look_like_some_and_are_escaped() -> None:
    page = html(around())
    assert '<span class="chunk head" tabindex="-1" autofocus># A &lt;head&gt;</span>' in page
    assert '<span class="chunk code">code &lt;b&gt;</span>' in page


def test_a_quote_over_several_lines_is_marked_whole_and_has_the_focus_once() -> None:
    start, end = TEXT.index("head>"), TEXT.index(" words.")
    page = html(around(), (start, end))
    assert page.count(" autofocus>") == 1
    assert '<mark class="head" tabindex="-1" autofocus>head&gt;</mark>' in page
    assert '<mark class="">Words &amp;</mark><span class="chunk"> words.</span>' in page


def test_programs_get_the_same() -> None:
    found = as_object(around(page_label="iv", url="https://x.example/"), (2, 10), "")
    assert (found["title"], found["url"], found["page"]) == ("a.pdf", "https://x.example/", "iv")
    assert (found["previous"], found["next"]) == ("/sources/before", "/sources/after")
    assert found["quote"] == {"start": 2, "end": 10, "text": TEXT[2:10]}
    assert "since" not in found["metadata"]


def test_a_page_has_the_number_that_its_reader_sees() -> None:
    assert page_number({"page": 0}) == 0
    assert page_number({"page": 3, "page_label": "4"}) == "4"
    assert page_number({"page": [1], "page_label": ""}) is None
