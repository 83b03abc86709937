"""What of a web page is there for getting about: menus, links to edit it, banners, signs."""

import re
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from ingest.sources.element_kinds import HEADINGS
from ingest.sources.measures import Measure
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
_CERTAIN = re.compile(
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
_EMPHASIS = frozenset(("abbr", "b", "cite", "code", "em", "i", "kbd", "mark", "q", "strong", "var"))
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
        return not size.headings and _is_sign(element)
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
    if _CERTAIN.search(names):
        return (not size.titles or size.prose < _MANY) and not _is_heading(element)
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


def _is_sign(link: "HtmlElement") -> bool:
    """Whether it stands for an address only, or leads to where the page can be changed."""
    if _CERTAIN.search(link.get("class") or ""):
        return not (_is_heading(link) or _is_term(link))
    text = "".join(islice(link.itertext(), 20)).strip()
    address = link.get("href") or ""
    if text in _SIGNS:
        return "#" in address and bool(text)
    is_edit = len(text) < 60 and _EDIT.fullmatch(text) is not None and _FORGE.search(address)
    return bool(is_edit or link.get("rel") in ("next", "prev")) and not _is_in_sentence(link)


def _is_heading(element: "HtmlElement") -> bool:
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


def _is_tool(button: "HtmlElement") -> bool:
    """Whether it works on the page and is none of its questions or terms."""
    if button.get("aria-expanded") is not None and not _TOOL.search(button.get("class") or ""):
        return False
    text = "".join(islice(button.itertext(), 20))
    names = (button.get(name) or "" for name in ("class", "aria-label", "title"))
    said = " ".join((text, *names))
    return len(text) < 40 and _TOOL.search(said.replace("-", " ").replace("_", " ")) is not None
