"""What leads from page to page of a manual: a row of links to the next and the previous one."""

from itertools import islice
from typing import TYPE_CHECKING

from ingest.sources.measures import Measure

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_HOLDERS = frozenset(("div", "p", "table", "td", "tr"))
_RELATIONS = frozenset(("contents", "first", "index", "last", "next", "prev", "previous", "up"))
_KEYS = frozenset("npu")
_FEW = 20
"""Links of such a row."""
_WORDS = 60
"""Letters beside its links, such as `Previous:`."""


def is_way(element: "HtmlElement", size: Measure) -> bool:
    """Whether the element is nothing but such a row."""
    if element.tag not in _HOLDERS or size.headings or size.mains or not 1 < size.links <= _FEW:
        return False
    if size.text - size.linked > _WORDS:
        return False
    links = list(islice(element.iter("a"), _FEW))
    named = sum(_leads_on(link) for link in links)
    return named > 1 or (element.tag == "table" and len(links) > 2 and _is_row(element, links))


def _leads_on(link: "HtmlElement") -> bool:
    relations = (link.get("rel") or "").lower().split()
    return not _RELATIONS.isdisjoint(relations) or (link.get("accesskey") or "-") in _KEYS


def _is_row(table: "HtmlElement", links: "list[HtmlElement]") -> bool:
    """Whether it is one row, and signs such as `<<` are among its links."""
    rows = list(islice(table.iter("tr"), 2))
    signs = sum(not any(map(str.isalnum, "".join(link.itertext()))) for link in links)
    return len(rows) == 1 and signs > 1
