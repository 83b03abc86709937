"""Boxes and lists of other pages below and between the paragraphs of an article."""

import re
from itertools import islice
from typing import TYPE_CHECKING

from ingest.sources.aside_words import COMMENTS, OVER_LINKS
from ingest.sources.element_kinds import HEADINGS
from ingest.sources.measures import Measure
from ingest.sources.unseen import remove

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_TITLES = (*sorted(HEADINGS - {"h1"}), "b", "div", "p", "span", "strong", "summary")
"""What may be a heading, or is made to look like one; the first is what a page is about."""
_TITLE = 60
"""Characters of the heading over a list of links."""
_FEW = 100
"""Characters below a heading over comments that may be about something else."""
_LINKED = 0.4
_CARD = 400
"""Characters of a box that tells of another page."""
_HALF = 0.5
"""Of a page's text in boxes: it is a page of such boxes."""
_DEEP = 6
_FAR = 200
"""Elements that are looked at beside one: time stays linear."""
_ROW = 3
"""Headings side by side that are links and have nothing below them."""


def remove_cards(whole: "HtmlElement", sizes: dict["HtmlElement", Measure]) -> None:
    """Empty short boxes with one heading that is a link to another page."""
    cards = _cards(whole, sizes)
    text = sum(sizes[card].text for card in cards if card in sizes)
    if whole in sizes and text < _HALF * sizes[whole].text:
        for card in cards:
            remove(card)


def remove_lists(whole: "HtmlElement", sizes: dict["HtmlElement", Measure]) -> None:
    """Empty the headings that name links to other pages, with the links below them.

    So those over comments, where one can be written or there are none: a button may as well ask
    whether the page was of help.
    """
    named = [(one, found) for one in whole.iter(*_TITLES) if (found := _named(one))]
    for heading, names in named:
        top, below = _section(heading)
        measured = [sizes[one] for one in below if one in sizes]
        bare = [one.text for one in below if one not in sizes]
        loose = [one.tail for one in (top, *below)]
        text = sum(one.text for one in measured)
        text += sum(len(words) for words in (*bare, *loose) if words and words.strip())
        if names is COMMENTS:
            asks = any(one.fields or (one.links and text < _FEW) for one in measured)
            if text and not asks:
                continue
        elif text and sum(one.linked for one in measured) < _LINKED * text:
            continue
        for one in (top, *below):
            remove(one)


def _named(heading: "HtmlElement") -> re.Pattern[str] | None:
    if heading.tag not in HEADINGS and len(heading):
        return None
    text = " ".join("".join(islice(heading.itertext(), 20)).split())
    if len(text) > _TITLE:
        return None
    return next((names for names in (OVER_LINKS, COMMENTS) if names.fullmatch(text)), None)


def _section(heading: "HtmlElement") -> "tuple[HtmlElement, list[HtmlElement]]":
    """The heading with what is made for it alone, and what stands below it."""
    top = heading
    while top.getnext() is None and (parent := top.getparent()) is not None:
        if parent.tag in ("article", "body", "main") or _has_before(top):
            break
        top = parent
    below = []
    for after in islice(top.itersiblings(), _FAR):
        if after.tag in HEADINGS and (heading.tag not in HEADINGS or after.tag <= heading.tag):
            break
        below.append(after)
    return top, below


def _has_before(element: "HtmlElement") -> bool:
    parent = element.getparent()
    if parent is not None and (parent.text or "").strip():
        return True
    before = islice(element.itersiblings(preceding=True), _FAR)
    return any("".join(islice(one.itertext(), _FAR)).strip() for one in before)


def _cards(whole: "HtmlElement", sizes: dict["HtmlElement", Measure]) -> "list[HtmlElement]":
    starts: list[HtmlElement] = []
    holding: dict[HtmlElement, int] = {}
    for heading in whole.iter("h2", "h3", "h4", "h5", "h6"):
        link, start = _link_of(heading, sizes.get(heading))
        if link is None or (link.get("href") or "#").startswith("#"):
            continue
        starts.append(start)
        for above in islice(start.iterancestors(), _DEEP):
            holding[above] = holding.get(above, 0) + 1
    full, bare = [], []
    beside: dict[HtmlElement | None, int] = {}
    for start in starts:
        card = start
        for above in islice(start.iterancestors(), _DEEP):
            size = sizes.get(above)
            if above is whole or holding[above] > 1 or size is None or size.text > _CARD:
                break
            if size.titles or (size.mains and above.tag != "article"):
                break
            card = above
        if card.tag in HEADINGS:
            continue
        if _has_more(card, sizes):
            full.append(card)
        else:
            bare.append(card)
            beside[card.getparent()] = beside.get(card.getparent(), 0) + 1
    return [*full, *(card for card in bare if beside[card.getparent()] >= _ROW)]


def _link_of(
    heading: "HtmlElement", size: Measure | None
) -> "tuple[HtmlElement | None, HtmlElement]":
    """The link that all of a heading is, and the outer one of the two."""
    around = next((one for one in islice(heading.iterancestors(), 4) if one.tag == "a"), None)
    if around is not None:
        return around, around
    if size is None or not size.links or size.linked < size.text:
        return None, heading
    return next(heading.iter("a"), None), heading


def _has_more(card: "HtmlElement", sizes: dict["HtmlElement", Measure]) -> bool:
    """Whether there is more in it than its heading."""
    if next(card.iter("img", "picture"), None) is not None:
        return True
    size = sizes.get(next(card.iter(*HEADINGS)))
    return size is not None and card in sizes and sizes[card].text > size.text
