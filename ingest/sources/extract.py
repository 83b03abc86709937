"""The bytes of one document to its text and title, by its kind. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from ingest.sources.decode import read
from ingest.sources.extracted import EmptyError, Extracted
from ingest.sources.html import declared_charset, extract_page
from ingest.sources.kinds import Kind
from ingest.sources.markdown.convert import extract_markdown, without_data
from ingest.sources.no_document import why_no_document
from ingest.sources.notebook import extract_notebook
from ingest.sources.org import extract_org
from ingest.sources.plain_text import extract_plain
from ingest.sources.rst.convert import extract_rst
from rag_stream.errors import SourceError


def extract(
    body: bytes, kind: Kind, charset: str | None, css_classes: Sequence[str] | None
) -> Extracted:
    """What is indexed of a document; `charset` is what its server called it.

    Raises SourceError, whose text is the reason alone.
    """
    declared = [charset, declared_charset(body)] if kind == "html" else [charset]
    decoded = read(body, declared)
    if decoded is None:
        raise SourceError("expected text, got bytes that are not text")
    text = decoded.text
    found = _READ[kind](text) if kind != "html" else _page(text, css_classes)
    found = replace(found, text=without_data(found.text), note=decoded.note)
    if not found.text.strip():
        if kind != "html":
            raise EmptyError("no text found in it")
        raise SourceError("no text found in it (a page that scripts draw has none)")
    return found


def _page(html: str, css_classes: Sequence[str] | None) -> Extracted:
    page = extract_page(html, css_classes)
    if why := why_no_document(html, page.title, page.text):
        raise SourceError(why)
    return Extracted(page.text, page.title)


_READ: dict[Kind, Callable[[str], Extracted]] = {
    "markdown": extract_markdown,
    "mdx": partial(extract_markdown, is_mdx=True),
    "notebook": extract_notebook,
    "org": extract_org,
    "plain": extract_plain,
    "rst": extract_rst,
}


def is_simple(body: bytes, kind: Kind) -> bool:
    """Whether `extract` takes no parser and no guess: a bound on its work is its length."""
    if kind != "plain":
        return False
    try:
        body.decode()
    except UnicodeError:
        return False
    return b"\0" not in body  # which may be UTF-16
