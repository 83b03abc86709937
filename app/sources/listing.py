"""The documents of the index, a page of them, as a page and as JSON."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from starlette.responses import Response

from app.sources import html
from app.sources.passage import title_of
from rag_stream.citations.address import SOURCES, original_of, page_address
from rag_stream.index.documents import Listed
from rag_stream.text.language import LANGUAGE

PER_PAGE = 50


class Listing(NamedTuple):
    """A page of the documents that `query` is found in; `total` of all of them."""

    documents: Sequence[Listed]
    query: str
    number: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


def listing(documents: Sequence[Listed], query: str, number: int) -> Listing:
    """The page of that number, from 1, of the documents that the query has found."""
    start = (number - 1) * PER_PAGE
    return Listing(documents[start : start + PER_PAGE], query, number, len(documents))


def as_object(found: Listing, base: str) -> dict[str, Any]:
    """The page for programs."""
    return {
        "documents": [_document(document, base) for document in found.documents],
        "query": found.query,
        "page": found.number,
        "pages": found.pages,
        "total": found.total,
    }


def as_page(found: Listing, base: str) -> Response:
    """The page for people."""
    count = "1 document" if found.total == 1 else f"{found.total:,} documents"
    items = "".join(_item(document, base) for document in found.documents)
    of_pages = f", page {found.number} of {found.pages}" if found.pages > 1 else ""
    here = f"{base}{SOURCES}"
    before = _turn(found, found.number - 1, here, "&larr; Before", "prev")
    after = _turn(found, found.number + 1, here, "After &rarr;", "next")
    body = (
        "<h1>Sources</h1>"
        f'<form action="{html.text(here)}"><input type="search" name="q" maxlength="200" '
        f'aria-label="Title or address" placeholder="Title or address" '
        f'value="{html.text(found.query)}"><button>Search</button></form>'
        f'<p class="soft">{count}{of_pages}</p><ul>{items}</ul><nav>{before}{after}</nav>'
    )
    return html.page("Sources", body)


def _document(document: Listed, base: str) -> dict[str, Any]:
    metadata = document.metadata
    return {
        "id": document.first,
        "title": title_of(metadata),
        "source": document.source,
        "url": original_of(metadata),
        "address": page_address(document.first, base),
        "chunks": document.chunks,
        "language": metadata.get(LANGUAGE),
        "ingested": document.ingested,
    }


def _item(document: Listed, base: str) -> str:
    metadata, count = document.metadata, document.chunks
    known = ["1 part" if count == 1 else f"{count} parts"]
    known += [str(told) for told in (metadata.get(LANGUAGE), document.ingested) if told]
    original = original_of(metadata)
    where = html.text(document.source)
    title = html.text(title_of(metadata))
    return (
        f"<li>{html.link(page_address(document.first, base), title)}"
        f'<p class="soft">{html.link(original, where, leaves=True) if original else where}</p>'
        f'<p class="soft">{" &middot; ".join(map(html.text, known))}</p></li>'
    )


def _turn(found: Listing, number: int, here: str, words: str, rel: str) -> str:
    if not 1 <= number <= found.pages:
        return "<span></span>"
    chosen = {"q": found.query} if found.query else {}
    return html.link(f"{here}?{urlencode({**chosen, 'page': number})}", words, rel=rel)
