"""Code that a page lays out by elements of its own, as what it is: `pre`."""

import re
from typing import TYPE_CHECKING

from ingest.sources.code_blocks import CODE_TAGS, is_line

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_HOLDER = re.compile(
    r"(?:^|[\s_-])(?:code|codehilite|fragment|highlight|listing|source|syntaxhighlighter)(?:[\s_-]|$)"
)
"""The classes of what holds lines of code, and no verses or addresses."""
_CODE_CELL = re.compile(r"(?:^|\s)(?:blob-code[\w-]*|hljs-ln-code|code-line|js-file-line)(?:\s|$)")
_WRAPPERS = frozenset(("div", "span", "a"))
_KEEPS_LINES = re.compile(r"(?:^|;)\s*white-space\s*:\s*pre", re.I)


def make_code(part: "HtmlElement") -> None:
    """Give those elements the name of a block of code that are such by their lines."""
    for element in list(part.iter("code", "div", "table", "td")):
        if element is part:
            continue
        if element.tag == "table":
            found = _is_code_table(element)
        elif element.tag == "code":
            found = _is_block(element)
        else:
            found = _holds_lines(element)
        if found and not _is_in_code(element):
            _be_code(element)


def _be_code(element: "HtmlElement") -> None:
    if element.tag == "td":  # which stays one: its lines are what is in it
        inner = element.makeelement("pre")
        inner.text, element.text = element.text, None
        inner.extend(list(element))
        element.append(inner)
    else:
        element.tag = "pre"


def _is_in_code(element: "HtmlElement") -> bool:
    return any(above.tag in CODE_TAGS for above in element.iterancestors())


def _holds_lines(element: "HtmlElement") -> bool:
    """Whether all that is in it are lines, and its class or its place says that they are code."""
    if not len(element) or not (_is_holder(element) or _is_holder(element.getparent())):
        return False
    return _is_blank(element.text) and all(
        (is_line(child) or _wraps_lines(child)) and _is_blank(child.tail) for child in element
    )


def _wraps_lines(element: "HtmlElement") -> bool:
    """A part that can be folded away, or the name of a place in the code."""
    if element.tag not in _WRAPPERS or not _is_blank(element.text):
        return False
    return all(is_line(child) and _is_blank(child.tail) for child in element)


def _is_code_table(table: "HtmlElement") -> bool:
    has_rows = False
    for row in table.iter("tr"):
        if not len(row) or not _CODE_CELL.search(row[-1].get("class") or ""):
            return False
        has_rows = True
    return has_rows


def _is_block(code: "HtmlElement") -> bool:
    """Whether it stands by itself and keeps its lines, by its style or by breaking them."""
    if code.getparent() is None or not (_is_blank(code.tail) and _is_first(code)):
        return False
    if code.getnext() is not None:
        return False
    broken = any(child.tag == "br" and not _is_last(child) for child in code)
    return broken or _KEEPS_LINES.search(code.get("style") or "") is not None


def _is_first(element: "HtmlElement") -> bool:
    parent = element.getparent()
    return parent is not None and element.getprevious() is None and _is_blank(parent.text)


def _is_last(element: "HtmlElement") -> bool:
    return element.getnext() is None and _is_blank(element.tail)


def _is_holder(element: "HtmlElement | None") -> bool:
    return element is not None and _HOLDER.search(element.get("class") or "") is not None


def _is_blank(text: str | None) -> bool:
    return not (text or "").strip()
