"""What stands at the beginning and end of most pages of a root, and is no page's own.

A page's text must not depend on what else is in a run. So that is learned once, of many pages
(`ingest/learning.py`), as hashes of elements and their texts, and from then on taken out of
every page by these alone.

Taken out is only what lies in front of everything else, before the first heading, or behind it,
and is put there otherwise than the page's own: a paragraph among paragraphs stays, though it be
the same everywhere, unless a rule parts them. So does what follows a heading or stands in a
section of the page, and whatever has headings, terms or code in it.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from ingest.sources.element_kinds import BLOCKS, HEADINGS
from ingest.sources.ends import Ends
from ingest.sources.marks import End, has_words, is_blank, kind_of, mark
from ingest.sources.unseen import remove

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_TITLES = HEADINGS | frozenset(("dt", "legend", "summary"))
_LOOKED_AT = 60
"""Elements at each end of a page."""
_BESIDE = 500
"""Elements that are looked at beside one."""
_DEEPEST = 60
"""Elements one in another, in which ends are looked for."""
_NEARLY_ALL = 0.9


def settle(part: "HtmlElement", whole: "HtmlElement", ends: Ends) -> None:
    """Look at the part of a page that is about to be written, and take out what was learned.

    `whole`: what is outside of this part may be taken for content on others of the pages.
    """
    if ends.is_wanted:
        found = ends_of(part)
        ends.found = tuple(sorted(found if whole is part else found | ends_of(whole)))
    take_out(part, ends.repeats)


def ends_of(part: "HtmlElement") -> set[str]:
    """The marks of what lies at the ends of a page, each of which others may have, too."""
    page, found = _Page(part), set()
    for element in islice(_until_heading(part), _LOOKED_AT):
        if element is not part and (first := mark(element, "<")) and _is_apart(element, "<"):
            found.add(first)
    for element, in_section in islice(_backwards(part, page), _LOOKED_AT):
        if element is part or not (last := mark(element, ">")):
            continue
        if _is_apart(element, ">", in_section=in_section):
            found.add(last)
    return found


def take_out(part: "HtmlElement", repeats: Collection[str]) -> None:
    """Empty what was learned at the ends of a page, unless nothing else is on it."""
    if not repeats:
        return
    ends: tuple[End, End] = ("<", ">")
    for end in ends:
        for element in _doomed(part, repeats, end):
            remove(element)


class _Page:
    """What tells the sections of a page from what only holds most of it."""

    def __init__(self, part: "HtmlElement") -> None:
        self._first = _first_heading(part)
        self._size = _size(part)

    def has_section(self, element: "HtmlElement") -> bool:
        """Whether the element is about something of its own, not what the page is about."""
        if _first_heading(element) in (None, self._first):
            return False
        return _size(element) < _NEARLY_ALL * self._size


def _doomed(part: "HtmlElement", repeats: Collection[str], end: End) -> "list[HtmlElement]":
    """What of one end is to go, from the outside inwards."""
    found: list[HtmlElement] = []
    here, page, in_section = part, _Page(part), False
    for _ in range(_DEEPEST):
        children = [child for child in here if isinstance(child.tag, str)]
        if end == ">":
            children.reverse()
        elif has_words(here.text):
            return found
        run, inner = _run(children, repeats, end)
        if inner is None:
            return found  # nothing of the page's own is beside it
        if run:
            own = set(map(kind_of, _others(children, run)))
            if not _has_rule(run[-1], inner, children) and (
                in_section
                or (end == ">" and _is_title(inner))
                or any(kind_of(element) in own for element in run)
            ):
                return found
            found += run
        if inner.tag in HEADINGS or inner.tag not in BLOCKS:
            return found
        here, in_section = inner, in_section or (end == ">" and page.has_section(inner))
    return found


def _run(
    children: "list[HtmlElement]", repeats: Collection[str], end: End
) -> "tuple[list[HtmlElement], HtmlElement | None]":
    """Of these the first ones that were learned, and the one with text that comes next."""
    run: list[HtmlElement] = []
    for child in children:
        if end == ">" and has_words(child.tail):
            break
        if not is_blank(child):
            if mark(child, end) not in repeats:
                return run, child
            run.append(child)
        if end == "<" and has_words(child.tail):
            break
    return run, None


def _has_rule(last: "HtmlElement", inner: "HtmlElement", children: "list[HtmlElement]") -> bool:
    between = children[children.index(last) : children.index(inner)]
    return any(child.tag == "hr" for child in between)


def _others(children: "list[HtmlElement]", run: "list[HtmlElement]") -> "Iterator[HtmlElement]":
    """What of the children is the page's own; the last may be its other end."""
    gone = set(run)
    others = [child for child in children if child not in gone and not is_blank(child)]
    for place, child in enumerate(others, 1):
        if child.tag == "p" or place < len(others) or place == 1:
            yield child


def _is_apart(element: "HtmlElement", end: End, *, in_section: bool = False) -> bool:
    """Whether it is of another kind than what comes next towards the middle of the page."""
    kind = kind_of(element)
    rest: list[HtmlElement] = []
    for one in islice(element.itersiblings(preceding=end == ">"), _BESIDE):
        if one.tag == "hr" and not rest:
            return True
        if isinstance(one.tag, str) and not is_blank(one) and (rest or kind_of(one) != kind):
            rest.append(one)
    if not rest or in_section or (end == ">" and _is_title(rest[0])):
        return False
    if element.tag != "p":
        del rest[max(1, len(rest) - 1) :]
    return all(kind_of(one) != kind for one in rest)


def _until_heading(part: "HtmlElement") -> "Iterator[HtmlElement]":
    for element in part.iter():
        if element.tag in HEADINGS:
            return
        yield element


def _backwards(part: "HtmlElement", page: _Page) -> "Iterator[tuple[HtmlElement, bool]]":
    """All elements, the last one first, but each before what is in it; is it in a section?"""
    waiting = [(part, False)]
    while waiting:
        element, in_section = waiting.pop()
        if isinstance(element.tag, str):
            yield element, in_section
            inside = in_section or page.has_section(element)
            waiting.extend((child, inside) for child in element)


def _first_heading(element: "HtmlElement") -> "HtmlElement | None":
    return next(element.iter(*HEADINGS), None)


def _size(element: "HtmlElement") -> int:
    return sum(len(text.strip()) for text in element.itertext())


def _is_title(element: "HtmlElement") -> bool:
    """Whether the last of it is a heading or a term, which what follows belongs to."""
    while element.tag not in _TITLES:
        children: Iterable[HtmlElement] = element.iterchildren(reversed=True)
        inner = next((one for one in children if not is_blank(one)), None)
        if inner is None or has_words(inner.tail):
            return False
        element = inner
    return True
