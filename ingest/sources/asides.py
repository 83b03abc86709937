"""What newspapers, weblogs and shops put around and between a page's own paragraphs.

It says what it is: by the class of a box, or by the words that a line begins with.
"""

import re
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from ingest.sources.aside_words import BACK, INVITATION, POINTER
from ingest.sources.element_kinds import BLOCKS, HEADINGS
from ingest.sources.measures import Measure
from ingest.sources.unseen import remove

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_COMMENTS = re.compile(
    r"(?:^|\s)(?:(?:article|blog|entry|fb|page|post|reader|user|wp)-)?comments?"
    r"(?:-(?:area|list|section|respond|form|wrapper|box|template|reply\w*))?(?=\s|$)"
    r"|(?:^|\s)(?:commentlist|respond|disqus\w*)(?=\s|$)",
    re.I,
)
_BOX = re.compile(
    r"(?:^|\s)(?:wp-block-|post-|article-|entry-|page-)?(?:"
    r"shar(?:e|ing)(?:-(?:bar|box|buttons?|icons?|links?|tools?|widget))?|share-?this\w*"
    r"|sharedaddy|shariff\w*|addtoany\w*|addthis\w*"
    r"|social(?:-?(?:bar|box|buttons?|icons?|links?|media|share|sharing))?"
    r"|related(?:-?(?:articles?|content|entries|items?|links?|news|posts?|stories|topics?|videos?))?"
    r"|jp-relatedposts|yarpp[\w-]*|recommend(?:ed|ations?)(?:-[a-z]+)?|more-(?:articles|news|stories)"
    r"|read-(?:next|also)|author-?(?:bio|box|card|info|description)|about-(?:the-)?author"
    r"|authorbox\w*|newsletter(?:-?(?:box|form|sign-?up|subscri\w+|teaser|widget))?"
    r"|sign-?up-?(?:box|form)|mc-embed-signup|subscri(?:be|ption)(?:-?(?:box|form|widget))?"
    r"|taboola[\w-]*|outbrain[\w-]*|advert(?:isement|ising)?s?|ad-(?:container|slot|wrapper)"
    r"|anzeige|rating(?:s|-(?:box|widget|stars))?|kk-star-ratings|post-ratings|yasr[\w-]*"
    r")(?=\s|$)",
    re.I,
)
_LINES = frozenset(("a", "div", "li", "p", "span", "strong")) | HEADINGS
_NAMES = HEADINGS | {"dt", "td", "th"}
"""What a link in it does not lead away from, whatever its words are."""
_LONGEST = 220
"""Characters of a line that only points somewhere."""
_MOSTLY = 0.6
"""The share of links in what a pointer says where to go."""
_SOME = 0.3
"""The share of links in a box of which nothing but its name says what it is for."""
_MANY = 800
"""Characters outside of links; what has so many is no box, whatever it is called."""
_NEARLY_ALL = 0.8
"""Of a page's text: it is what the page is for."""


def remove_asides(
    whole: "HtmlElement",
    sizes: dict["HtmlElement", Measure],
    *,
    is_article: bool,
    pointers: bool,
) -> None:
    """Empty boxes and lines that lead away from the page.

    In an article a box is one by its name alone; elsewhere it must have a field, a button or many
    links, too. `pointers`: lines as "Read more: ..." go as well, which documentation has among its
    own.
    """
    page = sizes.get(whole)
    walk = etree.iterwalk(whole, events=("start",))
    for _, element in walk:
        size = sizes.get(element)
        if page is None or element is whole or (size is not None and size.mains):
            continue
        if (size is not None and _is_box(element, size, page, by_name=is_article)) or _is_line(
            element, size, pointers=pointers
        ):
            walk.skip_subtree()
            remove(element)


def _is_box(element: "HtmlElement", size: Measure, page: Measure, *, by_name: bool) -> bool:
    if size.titles or element.tag in HEADINGS or element.tag in ("a", "body"):
        return False
    names = element.get("class") or ""
    if by_name:
        names = f"{names} {element.get('id') or ''}"
    elif (size.headings and size.code) or not (size.choices or size.density > _SOME):
        return False
    elif not size.headings:  # of which a section's id is made
        names = f"{names} {element.get('id') or ''}"
    names = names.replace("__", " ").replace("_", "-")
    if _COMMENTS.search(names):
        return size.text < _NEARLY_ALL * page.text
    return size.text - size.linked < _MANY and _BOX.search(names) is not None


def _is_line(element: "HtmlElement", size: Measure | None, *, pointers: bool) -> bool:
    """Whether it is a paragraph that only points somewhere else."""
    if element.tag not in _LINES or (size is not None and not 0 < size.text <= _LONGEST):
        return False
    if not (_has_line(element) if element.tag in BLOCKS else _is_alone(element)):
        return False
    text = " ".join("".join(islice(element.itertext(), 40)).split())
    if len(text) > 2 * _LONGEST:
        return False
    linked = 1.0 if element.tag == "a" else size.density if size is not None and size.links else 0.0
    if linked == 1.0 and BACK.fullmatch(text):
        return not _is_listed(element)
    if not pointers or element.tag == "a":
        return False
    if linked and element.tag != "li" and INVITATION.match(text):
        return True
    match = POINTER.match(text)
    if match is None or size is None:
        return False
    return size.linked > _MOSTLY * sum(map(len, text[match.end() :].split()))


def _is_listed(element: "HtmlElement") -> bool:
    """Whether it is a heading, or one of several links in a list: to pages of such a title."""
    for one in (element, *islice(element.iterancestors(), 3)):
        if one.tag in _NAMES:
            return True
        beside = [near for near in (one.getprevious(), one.getnext()) if near is not None]
        if one.tag == "li" and beside:
            return True
        if any(near.tag == one.tag and _is_link(near) for near in beside):
            return True
        if beside:
            return False
    return False


def _is_link(element: "HtmlElement") -> bool:
    """Whether all of it is one."""
    while element.tag != "a" and len(element) == 1:
        if (element.text or "").strip() or (element[0].tail or "").strip():
            return False
        element = element[0]
    return bool(element.tag == "a")


def _has_line(block: "HtmlElement") -> bool:
    """Whether nothing but a line is in it."""
    return all(one.tag not in BLOCKS or one.tag in ("br", "p") for one in block.iterdescendants())


def _is_alone(element: "HtmlElement") -> bool:
    """Whether what stands in a line is all of it."""
    parent = element.getparent()
    beside = (element.tail, parent.text if parent is not None else None)
    if any(text and text.strip() for text in beside):
        return False
    return all(
        one.tag in BLOCKS and not (one.tail or "").strip()
        for one in element.itersiblings(preceding=True)
    )
