"""Leaving out what stands around and between the paragraphs of a page."""

from typing import TYPE_CHECKING

from lxml import etree

from ingest.sources.element_kinds import HEADINGS
from ingest.sources.measures import Measure
from ingest.sources.unseen import remove

if TYPE_CHECKING:
    from collections.abc import Collection

    from lxml.html import HtmlElement

_MOST = 0.95
"""Of the text that is held, in the part that is taken."""
_LEAVES = frozenset(("dl", "ol", "p", "table", "tbody", "ul"))
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "cite",
        "code",
        "em",
        "i",
        "kbd",
        "mark",
        "q",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "time",
        "u",
    ]
)
_STRUCTURE = frozenset(("dl", "pre", "table"))
_PARAGRAPHS = frozenset(("blockquote", "dd", "dl", "p", "pre", "table"))
_SHORT = 60
_NEARLY_ALL = 0.99
_LINKED = 0.4
_MENU = 0.7
"""The share of links in a menu."""


def densest(whole: "HtmlElement", sizes: dict["HtmlElement", Measure]) -> "HtmlElement":
    """The smallest part that has nearly all of the text outside of links, and the page's title."""
    part, here = whole, sizes.get(whole)
    enough = 0.9 * (here.text - here.linked) if here else 0
    while here is not None:
        best = max(part, key=lambda child: _unlinked(child, sizes), default=None)
        size = sizes.get(best) if best is not None else None
        if best is None or size is None or size.text - size.linked < enough or best.tag in _LEAVES:
            break
        if size.titles < here.titles or (not here.titles and size.headings < here.headings):
            break
        part = best
    return part


def _unlinked(element: "HtmlElement", sizes: dict["HtmlElement", Measure]) -> int:
    size = sizes.get(element)
    return size.text - size.linked if size else 0


def locate(whole: "HtmlElement", sizes: dict["HtmlElement", Measure]) -> "HtmlElement":
    """The smallest part that has nearly all of the text that is held."""
    part, enough = whole, _MOST * sizes[whole].kept
    while True:
        best = max(part, key=lambda child: _kept(child, sizes), default=None)
        if best is None or _kept(best, sizes) < enough or best.tag in _LEAVES:
            return part
        part = best


def _kept(element: "HtmlElement", sizes: dict["HtmlElement", Measure]) -> int:
    size = sizes.get(element)
    return size.kept if size else 0


def prune_unheld(
    part: "HtmlElement",
    sizes: dict["HtmlElement", Measure],
    total: int,
    leads: "Collection[HtmlElement]" = (),
    *,
    is_plain: bool = False,
) -> None:
    """Empty the blocks of which nothing is held, but tables and code among those that are.

    Of a plain page, which has little but its text, paragraphs stay, too.
    """
    around = {above for lead in leads for above in lead.iterancestors()}
    seen = 0
    bare: list[HtmlElement] = []  # headings that are not held, and nothing below them so far
    walk = etree.iterwalk(part, events=("start",))
    for _, element in walk:
        size = sizes.get(element)
        if element is part or size is None or not size.text:
            continue
        if element in leads:
            walk.skip_subtree()
        elif element in around:
            continue
        elif size.kept:
            if size.kept >= size.text or element.tag in ("li", "p", "td"):
                if element.tag in HEADINGS:
                    _remove_all(bare, element.tag)
                bare = []
                seen += size.kept
                walk.skip_subtree()
        elif element.tag == "h1" and seen == 0 and sizes[part].titles == 1:
            continue
        elif _is_kept(element, size, is_plain=is_plain, among=0 < seen < _NEARLY_ALL * total):
            if element.tag in HEADINGS:
                bare.append(element)
            else:
                bare = []
            walk.skip_subtree()
        elif element.tag not in _INLINE:
            walk.skip_subtree()
            remove(element)
    _remove_all(bare)


def _is_kept(element: "HtmlElement", size: Measure, *, is_plain: bool, among: bool) -> bool:
    """Whether it stays although it is not held."""
    if size.density >= _LINKED:
        return False
    if among:
        return is_plain or _is_structure(element)
    return is_plain and element.tag in _PARAGRAPHS and size.text >= _SHORT


def _remove_all(bare: "list[HtmlElement]", above: str = "h0") -> None:
    """Empty the headings that are not above a heading such as this."""
    for heading in bare:
        if heading.tag >= above:
            remove(heading)


def _is_structure(element: "HtmlElement") -> bool:
    while element.tag == "div" and len(element) == 1 and not (element.text or "").strip():
        element = element[0]
    if element.tag in ("div", "figure"):
        return any(child.tag in _STRUCTURE for child in element)
    return element.tag in _STRUCTURE or element.tag in HEADINGS


def prune_menus(
    part: "HtmlElement", sizes: dict["HtmlElement", Measure], *, sections: bool = False
) -> None:
    """Empty the lists of links in front of and behind everything that is none.

    A closing one goes with its heading; with `sections` it stays, as a section of the page.
    """
    here = sizes.get(part)
    if here is None:
        return
    total, seen, prose = here.text - here.linked, 0, here.prose
    begun = False
    above: list[HtmlElement] = []  # headings with nothing below them so far
    walk = etree.iterwalk(part, events=("start",))
    for _, element in walk:
        size = sizes.get(element)
        if element is part:
            continue
        if size is None or not size.text:
            if size is None and (element.text or "").strip():  # one of those that are not measured
                begun = begun or element.tag == "p" or element.tag in HEADINGS
                _follow(above, element)
            elif (element.tail or "").strip():
                above.clear()
            continue
        is_list = element.tag != "table" or (seen == 0 and not begun and _is_row(element))
        if size.links > 1 and size.density > _MENU and not size.headings and is_list:
            ends = seen >= 0.97 * total and prose > 0
            if ((seen == 0 and not begun) or (ends and not (sections and above))) and total > 0:
                walk.skip_subtree()
                remove(element)
                seen += size.text - size.linked
                for heading in above if ends else ():
                    remove(heading)
            above.clear()
            continue
        _follow(above, element)
        if not len(element) or element.tag in ("p", "table") or element.tag in HEADINGS:
            seen += size.text - size.linked
            walk.skip_subtree()


def _is_row(table: "HtmlElement") -> bool:
    """Whether it only puts things side by side."""
    rows = table.iter("tr")
    next(rows, None)
    return next(rows, None) is None and next(table.iter("th"), None) is None


def _follow(above: "list[HtmlElement]", element: "HtmlElement") -> None:
    """Keep to the headings with nothing below them, that of a page left out, now with this one."""
    if (element.tail or "").strip() or element.tag in ("h1", "p", "table"):
        above.clear()
    elif element.tag in HEADINGS:
        above.append(element)
    elif (element.text or "").strip():
        above.clear()
