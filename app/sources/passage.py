"""One chunk in its document, as a page and as JSON."""

from collections.abc import Iterator, Mapping
from typing import Any

from starlette.responses import Response

from app.sources import html
from app.sources.excerpt import Excerpt, Span, excerpt, parts
from rag_stream.citations.address import SOURCES, original_of, page_address
from rag_stream.index.documents import Around
from rag_stream.index.generation import describe
from rag_stream.text.fences import begins_in_code
from rag_stream.text.language import LANGUAGE
from rag_stream.text.lines import lines

_PAGE_KEYS = ("page_label", "page_number", "page")


def as_object(around: Around, quoted: Span | None, base: str) -> dict[str, Any]:
    """The same for programs; offsets are in `text`, which is a part of the document's."""
    found, metadata = excerpt(around, quoted), dict(sorted(describe(around.chunk).items()))
    beside = {"previous": around.before, "next": around.after}
    return {
        "id": around.chunk.id,
        "title": title_of(metadata),
        "source": str(metadata.get("source", "")),
        "url": original_of(metadata),
        "page": page_number(metadata),
        "language": metadata.get(LANGUAGE),
        "chunk": around.number,
        "chunks": around.count,
        "text": found.text,
        "chunk_start": found.chunk[0],
        "chunk_end": found.chunk[1],
        "quote": _quote(found),
        "marks": [mark._asdict() for mark in found.marks],
        **{name: page_address(id, base) if id else None for name, id in beside.items()},
        "metadata": metadata,
    }


def as_page(around: Around, quoted: Span | None, base: str) -> Response:
    """The page that people see."""
    metadata = describe(around.chunk)
    title, source = title_of(metadata), str(metadata.get("source", ""))
    original = original_of(metadata)
    number, section = page_number(metadata), metadata.get("section")
    place = [
        f"page {html.text(number)}" if number is not None else "",
        html.text(section) if section else "",
        f"part {around.number} of {around.count}",
    ]
    place_of_it = " &middot; ".join(filter(None, place))
    where = html.link(original, html.text(original), leaves=True) if original else ""
    body = (
        f'<p class="soft">{html.link(f"{base}{SOURCES}", "All sources")}</p>'
        f"<h1>{html.text(title)}</h1>"
        f'<p class="soft">{where or html.text(source)}</p>'
        f'<p class="soft">{place_of_it}</p>'
        f'<div class="text">{"".join(_text(excerpt(around, quoted)))}</div>'
        f"<nav>{_beside(around.before, base, '&larr; Before', 'prev')}"
        f"{_beside(around.after, base, 'After &rarr;', 'next')}</nav>"
    )
    return html.page(title, body)


def title_of(metadata: Mapping[str, Any]) -> str:
    """What a document is called."""
    return str(metadata.get("title") or metadata.get("source") or "Untitled")


def page_number(metadata: Mapping[str, Any]) -> str | int | None:
    """The page of a document that has pages, as its reader names it."""
    known = (metadata.get(key) for key in _PAGE_KEYS)
    return next((value for value in known if isinstance(value, str | int) and value != ""), None)


def _quote(found: Excerpt) -> dict[str, Any] | None:
    if found.quote is None:
        return None
    start, end = found.quote
    return {"start": start, "end": end, "text": found.text[start:end]}


def _beside(id: str | None, base: str, words: str, rel: str) -> str:
    return html.link(page_address(id, base), words, rel=rel) if id else "<span></span>"


def _text(found: Excerpt) -> Iterator[str]:
    """The text, line by line: headings and code as such, the chunk and the quote marked."""
    kinds = ["", "chunk", "quote", "chunk", ""]
    spans = [(*span, kind) for span, kind in zip(parts(found), kinds, strict=True)]
    is_focused, in_code = False, begins_in_code(found.text)
    for line in lines(found.text, in_code=in_code):
        if line.start:
            yield "\n"
        sort = "code" if line.is_code else "head" if line.line.startswith("#") else ""
        stop = line.start + len(line.line)
        for start, end, kind in spans:
            piece = found.text[max(start, line.start) : min(end, stop)]
            if not piece:
                continue
            words = html.text(piece)
            wanted = "chunk" if found.quote is None else "quote"
            # The browser scrolls to what has the focus, which takes no script.
            focus = "" if is_focused or kind != wanted else ' tabindex="-1" autofocus'
            is_focused = is_focused or bool(focus)
            if kind == "quote":
                yield f'<mark class="{sort}"{focus}>{words}</mark>'
            elif kind or sort:
                yield f'<span class="{f"{kind} {sort}".strip()}"{focus}>{words}</span>'
            else:
                yield words
