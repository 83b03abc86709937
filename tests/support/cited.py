"""An answer in pieces, and its citations, checked against the documents."""

from typing import Any

from langchain_core.documents import Document

from rag_stream.citations.tracker import CitationTracker

DOCUMENTS = [
    Document("Bread is baked from flour. The moon circles the earth every 27 days. It is grey."),
    Document("# Rivers\n\nRivers carry water\nto the sea. The Nile is 6,650 km long."),
    Document("\u4eca\u65e5\u306f\u6674\u308c\u3067\u3059\u3002\u660e\u65e5\u306f\u96e8\u3002"),
]


def cited(
    pieces: list[str] | str, documents: list[Document] = DOCUMENTS
) -> tuple[str, list[dict[str, Any]]]:
    """The answer and its citations, their offsets checked."""
    citations, out, found = CitationTracker(documents), "", []
    for piece in pieces:
        text, new = citations.feed(piece)
        out += text
        found += new
        # No citation of what the client has not got.
        assert all(citation.answer_end <= len(out) for citation in new)
    text, new = citations.end()
    out, found = out + text, found + new
    for citation in found:
        assert citation.document == citation.marker - 1
        page = documents[citation.document].page_content
        assert page[citation.quote_start : citation.quote_end] == citation.quote
        assert bool(citation.quote) == bool(page.strip())
        assert 0 <= citation.answer_start <= citation.answer_end <= len(out)
        assert 0 <= citation.support <= 1
    return out, found


def pairs(text: str) -> list[tuple[int, str]]:
    """Marker and claim of each citation."""
    whole = cited([text])
    assert cited(text) == whole
    out, found = whole
    return [(c.marker, out[c.answer_start : c.answer_end]) for c in found]
