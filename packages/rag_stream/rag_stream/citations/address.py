"""Where a reader finds what was cited: on the original page, or on the service's own. Pure."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from langchain_core.documents import Document

from rag_stream.citations.text_fragment import with_quote
from rag_stream.schema import Citation

SOURCES = "/sources"
"""Where the service shows its sources; `docs/sources.md`."""
_LONGEST = 8_000


def document_address(document: Document, base: str = "") -> str | None:
    """Of a document: the original page, or what the service shows of it; None: it is in no index.

    `base`: the service's own address (RAG_PUBLIC_URL), or the path that it is mounted at.
    """
    return quote_address(document, 0, 0, base)


def citation_address(citation: Citation, document: Document, base: str = "") -> str | None:
    """Of the quote in its document: the page scrolled to it, the quote marked."""
    return quote_address(document, citation.quote_start, citation.quote_end, base)


def quote_address(document: Document, start: int, end: int, base: str = "") -> str | None:
    """The same of `page_content[start:end]`."""
    original = original_of(document.metadata)
    if original is not None:
        is_quoted = start < end
        return with_quote(original, document.page_content, start, end) if is_quoted else original
    id = id_of(document)
    quoted = (start, end) if start < end else None
    return page_address(id, base, quoted) if id else None


def page_address(id: str, base: str = "", quoted: tuple[int, int] | None = None) -> str:
    """Where the service shows the chunk of that id, with a part of it marked."""
    address = f"{base.rstrip('/')}{SOURCES}/{quote(id.encode('utf-8', 'replace'), safe='')}"
    return address if quoted is None else f"{address}?quote={quoted[0]},{quoted[1]}"


def original_of(metadata: Mapping[str, Any]) -> str | None:
    """The address of the original, where it has one that a browser may be sent to."""
    for name in ("url", "source"):
        address = metadata.get(name)
        if isinstance(address, str) and is_web(address):
            return address
    return None


def is_web(address: str) -> bool:
    """Whether it is an HTTP address, with nothing in it that a page must not link to."""
    if len(address) > _LONGEST or not address.isprintable() or " " in address:
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def id_of(document: Document) -> str:
    """The id of the chunk that a document is."""
    return str(document.metadata.get("chunk_id") or document.id or "")
