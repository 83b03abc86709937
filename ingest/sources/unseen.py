"""What of a web page no reader sees: taken out before anything is judged."""

import re
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from ingest.sources.hiding import is_hiding_class, is_hiding_style, is_not_displayed

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_NEVER = frozenset(
    [
        "applet",
        "audio",
        "base",
        "basefont",
        "bgsound",
        "canvas",
        "datalist",
        "embed",
        "frame",
        "frameset",
        "head",
        "iframe",
        "link",
        "map",
        "meta",
        "meter",
        "noembed",
        "noframes",
        "noscript",
        "object",
        "param",
        "progress",
        "script",
        "source",
        "style",
        "template",
        "title",
        "track",
        "video",
    ]
)
_WHOLE = frozenset(("article", "body", "html", "main"))
"""What is hidden only until a script has run."""
_PANEL = re.compile(
    r"(?:^|[\s_-])(?:tab-?(?:pane|content|panel|item|body|block)|tabpanel|tabs?__\w*|panel"
    r"|accordion|collaps|toggle|answer|expand|spoiler|faq)",
    re.I,
)
_BOX_TITLE = re.compile(r"(?:admonition|alert|aside|callout|note|tip)[\w-]*(?:heading|title)", re.I)
"""The classes of what is written on a box, which readers of screens are told otherwise."""
_DIALOG = re.compile(
    r"(?:^|[\s_-])(?:modal|dialog|popup|lightbox|overlay|toast|cookie|consent)", re.I
)


def remove_unseen(page: "HtmlElement") -> None:
    """Empty every element that is never shown, whatever its reader opens or chooses."""
    opened = _opened(page)
    walk = etree.iterwalk(page, events=("start",))
    for _, element in walk:
        if _is_unseen(element, opened):
            walk.skip_subtree()
            remove(element)


def remove(element: "HtmlElement") -> None:
    """Empty it where it stands, so that the text behind it stays; a cell or item is gone, too."""
    element.clear(keep_tail=True)
    if element.tag in ("dd", "dt", "li", "td", "th"):
        element.tag = "wbr"


def _opened(page: "HtmlElement") -> set[str]:
    """The names of the elements that a button or a tab shows."""
    found: set[str] = set()
    for element in page.iter(
        "a", "button", "div", "h2", "h3", "h4", "label", "li", "span", "summary"
    ):
        for name in ("aria-controls", "data-target", "data-bs-target"):
            if value := element.get(name):
                found.update(part.lstrip("#") for part in value.split())
    return found


def _is_unseen(element: "HtmlElement", opened: set[str]) -> bool:
    tag = element.tag
    if not isinstance(tag, str) or tag in _NEVER:
        return True
    if tag == "dialog":
        return element.get("open") is None
    if not element.attrib or tag in _WHOLE:
        return False
    classes = element.get("class") or ""
    hidden = element.get("hidden")
    decoration = (element.get("aria-hidden") or "").lower() == "true"
    if (
        (hidden is not None and hidden.lower() != "until-found")
        or (decoration and not _BOX_TITLE.search(classes))
        or is_hiding_style(element.get("style") or "")
        or (is_not_displayed(classes) and not _has_title(element))
    ):
        if len(element) == 1 and element[0].tag == "math":
            return False  # the page shows a picture of it
        return not _is_panel(element, f"{classes} {element.get('id') or ''}", opened)
    return is_hiding_class(classes)


def _has_title(element: "HtmlElement") -> bool:
    """Whether the page's title is in it, which a script shows where a class would not."""
    return any(inner.tag == "h1" for inner in islice(element.iter(), 200))


def _is_panel(element: "HtmlElement", names: str, opened: set[str]) -> bool:
    """Whether a reader sees it who opens it: a tab's text, the answer under a question."""
    role = (element.get("role") or "").lower()
    if element.tag not in ("div", "section", "dd", "li", "ul", "ol", "p", "pre", "table", "tr"):
        return False
    if role in ("dialog", "alertdialog", "menu", "tooltip") or _DIALOG.search(names):
        return False
    if role == "tabpanel" or _PANEL.search(names) or (element.get("id") or "") in opened:
        return True
    before = element.getprevious()
    parent = element.getparent()
    if before is None and parent is not None:
        before = parent.getprevious()
    return before is not None and (
        before.get("aria-expanded") is not None
        or any(child.get("aria-expanded") is not None for child in before[:3])
    )
