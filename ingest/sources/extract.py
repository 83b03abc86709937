"""The bytes of one document to its text and title, by its kind. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from ingest.sources.canonical import leads_on
from ingest.sources.data_uris import without_data
from ingest.sources.decode import read
from ingest.sources.ends import Ends
from ingest.sources.extracted import EmptyError, Extracted
from ingest.sources.html import declared_charset, extract_page
from ingest.sources.kinds import Kind
from ingest.sources.no_document import why_no_document
from ingest.sources.plain_text import extract_plain
from rag_stream.errors import SourceError

_FRONTS = ("---\n", "---\r\n", "+++\n", "+++\r\n")
"""How front matter begins, which no page does that is one already."""
_NOWHERE = "http://nowhere.invalid/"
"""Where a page is of which that does not matter."""


def extract(
    body: bytes,
    kind: Kind,
    charset: str | None,
    css_classes: Sequence[str] | None,
    ends: Ends | None = None,
) -> Extracted:
    """What is indexed of a document; `charset` is what its server called it.

    `ends`: what is taken out of a page that most pages of its root have.

    Raises SourceError, whose text is the reason alone.
    """
    if kind == "html" and leads_on(body, _NOWHERE):
        raise EmptyError("a page that only leads on to another one, no document")
    declared = [charset, declared_charset(body)] if kind == "html" else [charset]
    decoded = read(body, declared)
    if decoded is None:
        raise SourceError("expected text, got bytes that are not text")
    text = decoded.text
    found = _page(text, css_classes, ends) if kind == "html" else _reader(kind)(text)
    found = replace(found, text=without_data(found.text), note=decoded.note)
    if not found.text.strip():
        if kind != "html":
            raise EmptyError("no text found in it")
        raise SourceError("no text found in it (a page that scripts draw has none)")
    return found


def _page(html: str, css_classes: Sequence[str] | None, ends: Ends | None) -> Extracted:
    about = Extracted("", "")
    if html.startswith(_FRONTS):  # a page that Jekyll or Hugo makes another of
        from ingest.sources.markdown.front_matter import front_matter

        about, html = front_matter(html)
    page = extract_page(html, css_classes, ends)
    if why := why_no_document(html, page.title, page.text):
        raise SourceError(why)
    title, found = about.title or page.title, None if ends is None else ends.found
    return Extracted(page.text, title, about.details, ends=found)


def _reader(kind: Kind) -> Callable[[str], Extracted]:
    # Imported where they are used: a process that reads pages starts without the others.
    if kind in ("markdown", "mdx"):
        from ingest.sources.markdown.convert import extract_markdown

        return partial(extract_markdown, is_mdx=kind == "mdx")
    if kind == "rst":
        from ingest.sources.rst.convert import extract_rst

        return extract_rst
    if kind == "notebook":
        from ingest.sources.notebook import extract_notebook

        return extract_notebook
    if kind == "org":
        from ingest.sources.org import extract_org

        return extract_org
    return extract_plain


def is_simple(body: bytes, kind: Kind) -> bool:
    """Whether `extract` takes no parser and no guess: a bound on its work is its length."""
    if kind != "plain":
        return False
    try:
        body.decode()
    except UnicodeError:
        return False
    return b"\0" not in body  # which may be UTF-16
