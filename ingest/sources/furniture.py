"""What of a web page is there for getting about: menus, links to edit it, banners, signs."""

import re
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from ingest.sources.element_kinds import HEADINGS
from ingest.sources.measures import Measure
from ingest.sources.sign_links import CERTAIN, is_heading, is_sign
from ingest.sources.unseen import remove
from ingest.sources.ways import is_way

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_ROLES = frozenset(
    [
        "alertdialog",
        "banner",
        "complementary",
        "contentinfo",
        "dialog",
        "directory",
        "menu",
        "menubar",
        "navigation",
        "search",
        "searchbox",
        "toolbar",
    ]
)
_NUMBERS = re.compile(
    r"(?:^|\s)(?:lineno\w*|linenos|line-?numbers?(?:-rows|-wrapper)?|ln|ln-num|lnt|gutter|gl"
    r"|rouge-gutter|blob-num|hljs-ln-numbers|pre-numbering|linenodiv)(?:\s|$)"
)
_BANNER = re.compile(
    r"cookie|consent|gdpr|ccpa|onetrust|usercentrics|didomi|(?:^|\W)cmp(?:\W|$)", re.I
)
_SECTION = re.compile(r"(?:^|\s)(?:sub)*section(?:\s|$)|(?:^|\s)(?:sect|level)-?\d(?:\s|$)")
_LIKELY = re.compile(
    r"(?:^|[\s_-])(?:nav(?:bar|igation)?|menu|breadcrumb|pagination|pager|share"
    r"|sharing|social|related|recommend\w*|sidebar|tags?|promo|newsletter|subscribe|footer|read-?more)"
    r"(?:$|[\s_-])",
    re.I,
)
_TOOL = re.compile(
    r"\b(?:copy|clipboard|copied|close|menu|toggle|search|share|expand|collapse)\b", re.I
)
_MADE = re.compile(
    r"\W*(?:(?:generated|built|created|made|powered|written|erstellt|erzeugt|généré|generado|creado)"
    r"\b.{0,80}\b(?:by|with|using|von|mit|durch|par|avec|por|con)\b.{0,80}"
    r"|mit .{1,40} (?:erstellt|erzeugt))",
    re.I | re.S,
)
"""All of a page's last line that names the tool that made it."""
_MOSTLY = 0.5
"""The share of links in a list of links."""
_LINE = 120
"""Characters of a line."""
_MANY = 500
"""Characters in paragraphs: what has so many is no furniture, whatever it is called."""


def remove_furniture(page: "HtmlElement", measures: dict["HtmlElement", Measure]) -> None:
    """Empty what helps readers to move about and says nothing itself."""
    walk = etree.iterwalk(page, events=("start",))
    for _, element in walk:
        if is_furniture(element, measures.get(element)):
            walk.skip_subtree()
            remove(element)


def is_furniture(element: "HtmlElement", size: Measure | None) -> bool:
    tag = element.tag
    if tag == "button":
        return _is_tool(element)
    if size is None or tag in ("body", "html", "main", "article"):
        return False
    if tag == "a":
        return not size.headings and is_sign(element)
    names = element.get("class") or ""
    if not (size.headings and (tag == "section" or _SECTION.search(names))):
        names = f"{names} {element.get('id') or ''}"  # which of a section is made of its heading
    beside_code = tag == "td" and len(element) > 0 and element[0].tag == "pre"
    if (beside_code or _NUMBERS.search(names)) and _is_numbers(element):
        return True
    if size.mains or tag in HEADINGS:
        return False
    if is_way(element, size):
        return True
    if tag == "nav" or (element.get("role") or "").lower() in _ROLES:
        return size.prose < _MANY and "contents" not in names.split()
    if CERTAIN.search(names):
        return (not size.titles or size.prose < _MANY) and not is_heading(element)
    if _BANNER.search(names):
        return (
            size.choices > 0 and not size.titles and size.prose < _MANY and not _has_code(element)
        )
    if _is_of_tool(element, size, names):
        return True
    is_likely = size.density > _MOSTLY and size.prose < _MANY and _LIKELY.search(names) is not None
    return is_likely and not _are_tabs(element)


def _are_tabs(element: "HtmlElement") -> bool:
    """Whether it names the texts below it, one of which is shown at a time."""
    return any(
        one.get("role") == "tab"
        or (one.get("data-toggle") or one.get("data-bs-toggle")) in ("pill", "tab")
        for one in islice(element.iter("a", "button", "li"), 100)
    )


def _is_of_tool(element: "HtmlElement", size: Measure, names: str) -> bool:
    """Whether it names the page's generator, or is one of Doxygen's switches and lists of parts."""
    if size.text > _LINE or size.headings:
        return False
    if element.tag in ("address", "footer") or "footer" in names.lower():
        return _MADE.fullmatch("".join(element.itertext())) is not None
    names = names.strip()
    if names == "levels":
        return "".join(element.itertext()).strip().startswith("[")
    around = element.getparent()
    is_in_header = around is not None and around.get("class") == "header"
    return names == "summary" and is_in_header and size.density > _MOSTLY


def _has_code(element: "HtmlElement") -> bool:
    return next(element.iter("pre"), None) is not None


def _is_numbers(element: "HtmlElement") -> bool:
    """Whether it counts the lines of the code beside it."""
    if element.tag == "td" and element.get("data-line-number"):
        return True
    texts = islice(element.itertext(), 5_000)
    if element.tag == "td" and not _NUMBERS.search(element.get("class") or ""):
        beside = element.getnext()
        if beside is None or not any(True for _ in beside.iter("pre")):
            return False
    return all(not text.strip() or "".join(text.split()).isdigit() for text in texts)


def _is_tool(button: "HtmlElement") -> bool:
    """Whether it works on the page and is none of its questions or terms."""
    if button.get("aria-expanded") is not None and not _TOOL.search(button.get("class") or ""):
        return False
    text = "".join(islice(button.itertext(), 20))
    names = (button.get(name) or "" for name in ("class", "aria-label", "title"))
    said = " ".join((text, *names))
    return len(text) < 40 and _TOOL.search(said.replace("-", " ").replace("_", " ")) is not None
