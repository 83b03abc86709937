"""The paragraphs under an article's title that say what it is about, outside of its body."""

import re
from typing import TYPE_CHECKING

from lxml import etree

from ingest.sources.element_kinds import BLOCKS, HEADINGS
from ingest.sources.measures import Measure

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_NAMED = re.compile(
    r"(?:^|[\s_-])(?:abstract|chapeau|chapo|deck|dek|description|einleitung|excerpt|ingress"
    r"|intro(?:duction)?|kicker-?text|lead|lede|leader|preface|preamble|standfirst"
    r"|sub-?head(?:line)?|sub-?title|summary|teaser(?:-?text)?|vorspann)(?:$|[\s_-]|text)",
    re.I,
)
_OTHER = re.compile(
    r"(?:^|[\s_-])(?:ads?|advert\w*|anzeige|author|autor\w*|banner|breadcrumbs?|byline|caption"
    r"|comments?|cookie\w*|copyright|credits?|date|dateline|gallery|meta\w*|nav\w*|newsletter"
    r"|notice|paywall|photo\w*|promo\w*|related|share|sign-?up\w*|social\w*|source|subscri\w+|tags?"
    r"|time\w*|toolbar|topics?)(?:$|[\s_-])",
    re.I,
)
_CREDIT = re.compile(
    r"\b(?:foto|photo|picture|image|bild|cr[eé]dits?|quelle|source)s?\s*:|\(c\)|\xa9|\bgetty\b",
    re.I,
)
"""Who took a picture: said in what stands under it."""
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ASIDE = frozenset(("aside", "button", "figcaption", "figure", "footer", "form", "label", "nav"))
_LEAVES = frozenset(("div", "h2", "h3", "h4", "h5", "h6", "p", "section", "span"))
_SHORT = 40
"""Characters; shorter ones are dates, names of authors and of columns."""
_LONG = 60
"""Characters of what is held, of a paragraph that belongs to the body."""
_SENTENCES = 120
"""Characters of one that nothing names or marks as a paragraph."""
_ENDS = (".", "!", "?", "\u2026", "\u3002")
_MOST = 4
_LINKED = 0.3


def leads_of(whole: "HtmlElement", sizes: dict["HtmlElement", Measure]) -> "list[HtmlElement]":
    """What stands between the title and the first long paragraph that is held, and is not."""
    found: list[HtmlElement] = []
    begun = False
    walk = etree.iterwalk(whole, events=("start",))
    for _, element in walk:
        size = sizes.get(element)
        if element.tag == "h1":
            found, begun = [], True
            walk.skip_subtree()
        elif size is None or not size.text:
            continue
        elif element.tag in _ASIDE or size.density > _LINKED:
            walk.skip_subtree()
        elif size.kept >= _LONG and element.tag not in HEADINGS and _is_leaf(element):
            return found if len(found) <= _MOST else list(filter(_is_named, found))[-_MOST:]
        elif begun and element.tag in _LEAVES and _is_leaf(element):
            walk.skip_subtree()
            if size.kept == 0 and size.text >= _SHORT and _is_lead(element):
                found.append(element)
    return []


def _is_lead(element: "HtmlElement") -> bool:
    text = "".join(element.itertext()).strip()
    if _OTHER.search(_names(element)) or _CREDIT.search(text):
        return False
    if element.tag in ("h2", "p") or _is_named(element):
        return True
    return element.tag == "div" and len(text) >= _SENTENCES and text.endswith(_ENDS)


def _is_named(element: "HtmlElement") -> bool:
    return _NAMED.search(_names(element)) is not None


def _names(element: "HtmlElement") -> str:
    parent = element.getparent()
    names = [element.get("class") or "", element.get("id") or ""]
    if parent is not None and parent.tag not in ("body", "html"):
        names.append(parent.get("class") or "")
    return _CAMEL.sub("-", " ".join(names))


def _is_leaf(element: "HtmlElement") -> bool:
    """Whether it is one paragraph."""
    return all(child.tag not in BLOCKS or child.tag == "br" for child in element.iterdescendants())
