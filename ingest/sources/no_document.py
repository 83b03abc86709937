"""Web pages that stand where a document should: sign in, not found, scripts wanted. Pure.

A page about signing in or about a status code is a document: what tells them apart is that these
have little else to say, and say it to their reader.
"""

import re
from typing import TYPE_CHECKING

from ingest.sources.no_document_words import (
    MUST_SIGN_IN,
    NOT_FOUND,
    SCRIPTS,
    SIGN_IN,
    TO_READER,
)

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_FEW = 700  # characters of text; a document says more
_FEW_FOR_SCRIPTS = 300
_CODE = re.compile(r"^```|`(?!/|https?:)[^`\n]+`", re.M)
"""What is explained; an address alone may be the one that was not found."""
_PASSWORD = re.compile(r"<input\b[^>]{0,500}\btype\s*=\s*[\"']?password", re.I)
_NO_SCRIPTS = re.compile(r"<noscript\b[^>]{0,100}>(.{0,500}?)</noscript", re.I | re.S)
_TAG = re.compile(r"<[^<>]*>")
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:header|footer|masthead|banner|aside|drawer|dropdown|off-?canvas"
    r"|\w*(?:nav|navigation|menu|bar))(?=[\s_-]|$)",
    re.I,
)
_ASIDE_TAGS = {"header", "footer", "nav", "aside", "dialog"}


def why_no_document(html: str, title: str, text: str) -> str | None:
    """What a page says instead of being a document; None for one that is."""
    words = " ".join(text.split()).replace("\u2019", "'")
    if len(words) > _FEW or _CODE.search(text):
        return None
    asks = SIGN_IN.search(title) or SIGN_IN.search(words)
    if asks and _PASSWORD.search(html) and _is_in_content(html):
        return "a page that asks to sign in, no document"
    if len(words) < _FEW_FOR_SCRIPTS and MUST_SIGN_IN.search(words):
        return "a page that asks to sign in, no document"
    says_so = NOT_FOUND.search(title) or (
        len(words) < _FEW_FOR_SCRIPTS and NOT_FOUND.search(words[:80])
    )
    if says_so and not words:
        return "a page that says it was not found, no document"
    if says_so and TO_READER.search(words):
        return "a page that says it was not found, no document"
    said = words or " ".join(_TAG.sub("", found[1]) for found in _NO_SCRIPTS.finditer(html))
    if len(said) < _FEW_FOR_SCRIPTS and SCRIPTS.search(said):
        return "a page that asks for JavaScript, no document"
    return None


def _is_in_content(html: str) -> bool:
    """Whether a password is asked for where the page's text is, not in a bar or a window of it."""
    # lxml, which few pages need here, is imported where it is used.
    from ingest.sources.page_tree import parse

    page = parse(html)
    if page is None:
        return False
    mains = [element for element in page.iter("main") if element.getparent() is not None]
    for field in page.iter("input"):
        if (field.get("type") or "").strip().lower() != "password":
            continue
        around = list(field.iterancestors())
        if mains and not any(element in mains for element in around):
            continue
        if not any(map(_is_aside, around)):
            return True
    return False


def _is_aside(element: "HtmlElement") -> bool:
    if element.tag in ("html", "body", "main"):
        return False
    names = f"{element.get('id') or ''} {element.get('class') or ''} {element.get('role') or ''}"
    return element.tag in _ASIDE_TAGS or _ASIDE.search(names) is not None
