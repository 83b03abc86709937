"""What an element at the end of a page is known by, if it may be no page's own."""

import hashlib
import re
from typing import TYPE_CHECKING, Literal, TypeAlias

from ingest.sources.element_kinds import BLOCKS, HEADINGS
from ingest.sources.ends import OF_TEXT

if TYPE_CHECKING:
    from lxml.html import HtmlElement

End: TypeAlias = Literal["<", ">"]
Kind: TypeAlias = tuple[str, str, str]

_FURNITURE = frozenset(("aside", "footer", "header", "nav"))
"""What may hold headings that are no page's own."""
_OWN = frozenset(("article", "body", "dd", "dt", "figure", "html", "li", "main", "td", "tr"))
"""Holds what is a page's own, or is a part of something."""
_KEPT = frozenset(
    ("caption", "code", "dt", "figcaption", "kbd", "math", "pre", "samp", "summary", "th", "var")
)
"""With these in it, it is content."""
_MOST = 2_000
"""Characters of an element that is looked at as one."""
_WORD = re.compile(r"\w")
_FEW_WORDS = 3
_FEW_LETTERS = 12
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Scripts without a blank between words; a sign of them says twice as much."""


def mark(element: "HtmlElement", end: End) -> str | None:
    """Its hash at that end of a page; None for what is never learned."""
    tag = element.tag
    if tag not in BLOCKS or tag in _OWN or tag in HEADINGS:
        return None
    text = _text(element)
    if text is None or not _is_long(text):
        return None
    for inner in element.iter():
        if inner.tag in _KEPT or (inner.tag in HEADINGS and tag not in _FURNITURE):
            return None
    return _hash(end, text)[:OF_TEXT] + _hash(*kind_of(element))[:6]


def kind_of(element: "HtmlElement") -> Kind:
    """What it is among its neighbours."""
    return element.tag, element.get("class") or "", element.get("id") or ""


def has_words(text: str | None) -> bool:
    return text is not None and _WORD.search(text) is not None


def is_blank(element: "HtmlElement") -> bool:
    return not any(map(has_words, element.itertext()))


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


def _text(element: "HtmlElement") -> str | None:
    """Its words; None where they are too many."""
    found, size = [], 0
    for text in element.itertext():
        found.append(text)
        size += len(text) - text.count(" ")
        if size > _MOST or len(found) > _MOST:
            return None
    return " ".join("".join(found).split())


def _is_long(text: str) -> bool:
    words = [word for word in text.split() if _WORD.search(word)]
    unspaced = len(_UNSPACED.findall(text))
    return sum(map(len, words)) + unspaced >= _FEW_LETTERS and len(words) + unspaced >= _FEW_WORDS
