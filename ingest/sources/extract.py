"""The bytes of one document to its text and title, by its kind. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from ingest.sources.decode import read
from ingest.sources.html import Extract, declared_charset, extract_page
from ingest.sources.plain_text import extract_markdown, extract_plain
from rag_stream.errors import SourceError

Kind = Literal["html", "markdown", "plain"]


def extract(
    body: bytes, kind: Kind, charset: str | None, css_classes: Sequence[str] | None
) -> Extract:
    """What is indexed of a document; `charset` is what its server called it.

    Raises SourceError, whose text is the reason alone.
    """
    declared = [charset, declared_charset(body)] if kind == "html" else [charset]
    decoded = read(body, declared)
    if decoded is None:
        raise SourceError("expected text, got bytes that are not text")
    text = decoded.text
    if kind == "html":
        found = extract_page(text, css_classes)
    elif kind == "markdown":
        found = extract_markdown(text)
    else:
        found = extract_plain(text)
    if not found.text.strip():
        why = " (a page that scripts draw has none)" if kind == "html" else ""
        raise SourceError(f"no text found in it{why}")
    return replace(found, note=decoded.note) if decoded.note else found


def is_simple(body: bytes, kind: Kind) -> bool:
    """Whether `extract` takes no parser and no guess: a bound on its work is its length."""
    if kind == "html":
        return False
    try:
        body.decode()
    except UnicodeError:
        return False
    return b"\0" not in body  # which may be UTF-16
