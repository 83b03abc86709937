"""A web page as a tree."""

import re
from typing import TYPE_CHECKING

from lxml import etree
from lxml.html import HTMLParser, document_fromstring

from ingest.sources.attributes import without_excess

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_NESTING = re.compile(
    r"</?(?:[a-z][a-z0-9]*-[\w-]*|abbr|article|aside|b|big|blockquote|button|center|cite|code|dd|del"
    r"|details|div|dl|dt|em|fieldset|figure|font|footer|form|header|i|ins|kbd|label|li|mark|nav|ol|q"
    r"|s|samp|section|small|span|strike|strong|sub|summary|sup|table|tbody|td|tr|tt|u|ul|var)"
    r"\b[^<>]*>",
    re.I,
)


def parse(html: str) -> "HtmlElement | None":
    """The page; None where there is nothing in it.

    Elements nested more deeply than the parser goes are read as paragraphs, so that what comes
    after them is not lost. An element of too many attributes has none.
    """
    html = without_excess(html)
    page, is_whole = _parsed(html)
    if not is_whole:
        page, _ = _parsed(_NESTING.sub("<p>", html))
    return page


def _parsed(html: str) -> "tuple[HtmlElement | None, bool]":
    # Not `recover` alone: without `huge_tree` it stops at 256 elements one in another.
    parser = HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        page = document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except etree.LxmlError:  # empty, or nothing but comments
        return None, True
    limit = etree.ErrorTypes.ERR_RESOURCE_LIMIT
    return page, all(error.type != limit for error in parser.error_log)
