"""The bytes of one document to its text and title, by its kind. Pure."""

from collections.abc import Sequence
from typing import Literal

from ingest.sources.decode import decode
from ingest.sources.extracted import Extracted
from ingest.sources.html import declared_charset, extract_page
from ingest.sources.markdown.convert import extract_markdown
from ingest.sources.plain_text import extract_plain
from rag_stream.errors import SourceError

Kind = Literal["html", "markdown", "mdx", "plain"]


def extract(
    body: bytes, kind: Kind, charset: str | None, css_classes: Sequence[str] | None
) -> Extracted:
    """What is indexed of a document; `charset` is what its server called it.

    Raises SourceError, whose text is the reason alone.
    """
    declared = [charset, declared_charset(body)] if kind == "html" else [charset]
    text = decode(body, declared)
    if text is None:
        raise SourceError("expected text, got bytes that are not text")
    if kind == "html":
        page = extract_page(text, css_classes)
        found = Extracted(page.text, page.title)
    elif kind in ("markdown", "mdx"):
        found = extract_markdown(text, is_mdx=kind == "mdx")
    else:
        found = extract_plain(text)
    if not found.text.strip():
        why = " (a page that scripts draw has none)" if kind == "html" else ""
        raise SourceError(f"no text found in it{why}")
    return found


def is_simple(body: bytes, kind: Kind) -> bool:
    """Whether `extract` takes no parser and no guess: a bound on its work is its length."""
    if kind != "plain":
        return False
    try:
        body.decode()
    except UnicodeError:
        return False
    return True
