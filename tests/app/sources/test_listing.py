"""The list of documents, a page of it at a time."""

from app.sources.listing import PER_PAGE, as_object, as_page, listing
from rag_stream.index.documents import Listed

DOCUMENTS = [
    Listed(f"https://x.example/{n}", n, f"id{n}", {"title": f"Page <{n}>", "language": "en"})
    for n in range(1, 2 * PER_PAGE + 2)
]


def test_pages_hold_fifty_and_the_last_one_the_rest() -> None:
    sizes = [len(listing(DOCUMENTS, "", number).documents) for number in (1, 2, 3, 4)]
    assert sizes == [PER_PAGE, PER_PAGE, 1, 0]
    assert (listing([], "", 1).pages, listing(DOCUMENTS, "", 1).pages) == (1, 3)


def test_a_page_leads_to_documents_and_to_the_pages_beside_it() -> None:
    page = bytes(as_page(listing(DOCUMENTS, "page x", 2), "/at").body).decode()
    assert '<a href="/at/sources/id51">Page &lt;51&gt;</a>' in page
    assert '<a href="/at/sources?q=page+x&amp;page=1" rel="prev">' in page
    assert '<a href="/at/sources?q=page+x&amp;page=3" rel="next">' in page
    assert "101 documents, page 2 of 3" in page
    assert 'value="page x"' in page


def test_programs_learn_all_that_is_known() -> None:
    document = Listed("a.md", 1, "id", {"source": "a.md"}, "2026-11-27T14:08:10Z")
    assert as_object(listing([document], "", 1), "")["documents"] == [
        {
            "id": "id",
            "title": "a.md",
            "source": "a.md",
            "url": None,
            "address": "/sources/id",
            "chunks": 1,
            "language": None,
            "ingested": "2026-11-27T14:08:10Z",
        }
    ]
