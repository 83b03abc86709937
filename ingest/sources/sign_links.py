"""Links of a page that are signs: to a heading's own address, to where a page can be changed."""

import re
from itertools import islice
from typing import TYPE_CHECKING

from ingest.sources.element_kinds import HEADINGS

if TYPE_CHECKING:
    from lxml.html import HtmlElement

CERTAIN = re.compile(
    r"(?:^|\s)(?:header-?link|anchor-?link|hash-?link|header-?anchor|heading-?anchor|anchorjs-link"
    r"|permalink|footnote-?back(?:ref|link)?|reversefootnote|viewcode-(?:link|back)|copy-?btn\w*|copy-?(?:button|code)\w*|btn-clipboard|srclink"
    r"|edit-?(?:this-?)?(?:page|link)\w*|theme-edit-this-page|theme-doc-(?:breadcrumbs|footer[\w-]*"
    r"|toc[\w-]*|version-banner|version-badge)|pagination-nav[\w-]*|breadcrumbs?(?:__?[\w-]*)?"
    r"|wy-breadcrumbs[\w-]*|rst-footer-buttons|rst-versions|sphinxsidebar\w*|prev-next-\w+"
    r"|nav-?(?:header|footer|links|previous|next)|topnav|bottomnav|subnav|mw-editsection|mw-jump-link"
    r"|titlearea|copyright-?footer|footer-?copyright"
    r"|navbox|catlinks|printfooter|noprint|skip-?(?:link|nav|to)[\w-]*|md-content__button|md-source-file"
    r"|md-feedback|md-skip|headerbtn|bottom-of-page|cookie-?(?:banner|notice|bar|layer|law[\w-]*)"
    r"|consent-?(?:banner|layer|manager|modal|popup)|onetrust[\w-]*|qc-cmp[\w-]*|cc-window|cc-banner"
    r"|cybotcookiebot\w*|borlabs-?cookie[\w-]*|usercentrics-[\w-]+|didomi-(?:host|notice|popup)[\w-]*"
    r")(?:\s|$)",
    re.I,
)
"""Classes of furniture, whatever it is in."""
_SIGNS = frozenset(
    (
        *("", "#", "\xa7", "\xb6", "\u2693", "\u221e", "\U0001f517", "\uf0c1", "[#]", "[link]"),
        *(
            "\u21a9",
            "\u21a9\ufe0e",
            "\u21a9\ufe0f",
            "[\u21a9]",
            "\u21b5",
            "^",
        ),  # to a footnote's sign
    )
)
_SIGN_WORDS = re.compile(
    r"\W*(?:perma-?link|(?:direct )?link|anchor|anker|edit|bearbeiten|copy|kopieren|source)\W*",
    re.I,
)
_EDIT = re.compile(
    r"\W{0,3}(?:(?:edit|improve|suggest|modifier|editar|bearbeiten)(?:\W{0,3}|\W.{0,20}?\b(?:page|source"
    r"|doc|docs|article|edits?|changes?|github|gitlab|p\u00e1gina)\b.{0,20})"
    r"|(?:view|show|open|report|voir|ver)\W.{0,20}?\b(?:page|source|github|gitlab|p\u00e1gina)\b.{0,20}"
    r"|(?:(?:diese )?seite|(?:den )?quelltext|auf git(?:hub|lab))\W.{0,20}?"
    r"(?:bearbeiten|\u00e4ndern|verbessern|anzeigen|ansehen|melden)\W{0,3}"
    r"|.{0,20}(?:\u7f16\u8f91|\u7de8\u8f2f|\u7de8\u96c6|\ud3b8\uc9d1"  # Chinese, Japanese, Korean,
    r"|\u0440\u0435\u0434\u0430\u043a\u0442\u0438\u0440\u043e\u0432\u0430\u0442\u044c"  # Russian,
    r"|\u0440\u0435\u0434\u0430\u0433\u0443\u0432\u0430\u0442\u0438|modifica|edytuj|upravit"
    r"|bewerk|redigera|rediger|muokkaa|d\u00fczenle|ch\u1ec9nh s\u1eeda"
    r"|\u062a\u062d\u0631\u064a\u0631|\u0648\u06cc\u0631\u0627\u06cc\u0634).{0,25})",
    re.I,
)
_FORGE = re.compile(
    r"/(?:edit|blob|tree|issues/new)/|/_sources/|^_sources/|(?:github|gitlab)\.", re.I
)
_EMPHASIS = frozenset(("abbr", "b", "cite", "code", "em", "i", "kbd", "mark", "q", "strong", "var"))


def is_sign(link: "HtmlElement") -> bool:
    """Whether it stands for an address only, or leads to where the page can be changed."""
    if CERTAIN.search(link.get("class") or ""):
        return not (is_heading(link) or _is_term(link))
    text = "".join(islice(link.itertext(), 20)).strip()
    address = link.get("href") or ""
    if text in _SIGNS:
        return "#" in address and bool(text)
    is_edit = len(text) < 60 and _EDIT.fullmatch(text) is not None and _FORGE.search(address)
    return bool(is_edit or link.get("rel") in ("next", "prev")) and not _is_in_sentence(link)


def is_heading(element: "HtmlElement") -> bool:
    """Whether it is all that a heading says: some themes make the whole of it a link to itself."""
    above = next((one for one in islice(element.iterancestors(), 3) if one.tag in HEADINGS), None)
    if above is None:
        return False
    own = "".join(islice(element.itertext(), 100)).strip()
    if not _has_words(own) or _SIGN_WORDS.fullmatch(own):
        return False
    return _letters(own) == _letters("".join(islice(above.itertext(), 110)))


def _is_term(link: "HtmlElement") -> bool:
    """Whether it is what is explained beside it, which pages of manuals make a link to itself."""
    around = islice(link.iterancestors(), 3)
    is_marked = len(link) > 0 and link[0].tag in _EMPHASIS
    if not is_marked and not any(above.tag == "dt" for above in around):
        return False
    text = "".join(islice(link.itertext(), 20)).strip()
    return text not in _SIGNS and _SIGN_WORDS.fullmatch(text) is None


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, text))


def _is_in_sentence(link: "HtmlElement") -> bool:
    """Whether words stand beside it, without which they would say something else."""
    parent = link.getparent()
    while parent is not None and (parent.tag in _EMPHASIS or parent.tag in ("small", "span", "u")):
        if _has_words_beside(link):
            return True
        link, parent = parent, parent.getparent()
    return _has_words_beside(link)


def _has_words_beside(element: "HtmlElement") -> bool:
    for before in islice(element.itersiblings(preceding=True), 20):
        if _has_words(before.tail) or _is_emphasis(before):
            return True
        if before.tag != "a" and len(before):
            break
    else:
        parent = element.getparent()
        if parent is not None and _has_words(parent.text):
            return True
    after = element.getnext()
    return _has_words(element.tail) or (after is not None and _is_emphasis(after))


def _is_emphasis(element: "HtmlElement") -> bool:
    return element.tag in _EMPHASIS and any(map(_has_words, element.itertext()))


def _has_words(text: str | None) -> bool:
    return text is not None and any(map(str.isalpha, text))
