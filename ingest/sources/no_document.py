"""Web pages that stand where a document should: sign in, not found, scripts wanted. Pure.

A page about signing in or about a status code is a document: what tells them apart is that these
have little else to say, and say it to their reader.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_FEW = 700  # characters of text; a document says more
_FEW_FOR_SCRIPTS = 300
_PASSWORD = re.compile(r"<input\b[^>]{0,500}\btype\s*=\s*[\"']?password", re.I)
_SIGN_IN = re.compile(
    r"\b(?:sign|log) ?-?in\b|\blogin\b|\banmeld(?:en|ung)\b|\beinloggen\b|\bse connecter\b"
    r"|\bconnexion\b|\binicia(?:r)? sesión\b|\baccedi\b|\baccesso\b|\bentrar\b|\binloggen\b"
    r"|\blogga in\b|\bzaloguj\b|войти|вход|ログイン|サインイン|登录|登入|로그인",
    re.I,
)
_MUST_SIGN_IN = re.compile(
    r"\b(?:you (?:must|need to|have to)|please|you'll need to) (?:first )?(?:sign|log) ?-?in\b"
    r"|\b(?:sign|log) ?-?in to (?:continue|view|access|see|read)\b"
    r"|\bbitte (?:melden sie sich|anmelden)|\bsie müssen (?:sich anmelden|angemeldet sein)"
    r"|\bveuillez vous connecter|\bdebe(?:s)? iniciar sesión",
    re.I,
)
_NOT_FOUND = re.compile(
    r"\b404\b|\b(?:page|file|document|site) (?:was |is |could )?(?:not |can ?not )(?:be )?found\b"
    r"|\bnot found\b|\b(?:seite (?:wurde )?)?nicht gefunden\b|\bpage (?:introuvable|non trouvée)\b"
    r"|\bpágina no encontrada\b|\bpagina non trovata\b|\bpágina não encontrada\b"
    r"|\bpagina niet gevonden\b|не найден|見つかりません|找不到|未找到",
    re.I,
)
_TO_READER = re.compile(
    r"\byou(?:'re| are| were|r)?\b[^.]{0,40}\b(?:looking for|request\w*|tr(?:y|ied)|seek)"
    r"|\b(?:does(?:n't| not) exist|no longer (?:exists?|available))"
    r"|\bhas (?:been )?(?:moved|removed|deleted)|\b(?:go|return|take me|back) (?:back )?(?:to )?"
    r"(?:the )?home|\bsorry\b|\boops\b|\bwe could(?:n't| not) find"
    r"|\b(?:page|file|document) could(?:n't| not) be found"
    r"|\bwe can(?:'t|not) find|\bcheck the (?:url|address)|\bexistiert nicht|\bsie suchen"
    r"|\bzur startseite"
    r"|\bn'existe (?:pas|plus)|\bno existe|\bnon esiste|не существует|ページは|不存在",
    re.I,
)
_TO_ENABLE = r"\b(?:enable|activate|turn on|allow|requires?|needs?|without|works?)\b[^.]{0,40}"
_SCRIPTS = re.compile(
    rf"\b(?:please|you(?:'ll)?|(?:this|the|our) (?:web ?)?(?:page|site|app\w*|demo|content))\b"
    rf"[^.]{{0,40}}{_TO_ENABLE}\bjava ?script\b"
    r"|\benable java ?script to (?:continue|view|run|use|see|proceed)"
    r"|\benable java ?script and (?:reload|refresh|try)"
    r"|\b(?:please|your browser|this (?:page|site|app))\b[^.]{0,60}\bjava ?script\b[^.]{0,60}"
    r"\b(?:disabled|enabled?|required)"
    r"|\bjava ?script (?:is|seems to be|appears to be|has been) (?:currently )?"
    r"(?:disabled|not enabled|turned off|required)\b"
    r"|\bbitte\b[^.]{0,60}\bjava ?script\b|\bjava ?script ist deaktiviert"
    r"|\b(?:seite|anwendung|website)\b[^.]{0,40}\bbenötigt java ?script"
    r"|\bveuillez activer java ?script|\bhabilit[ae] java ?script"
    r"|\bjust a moment\b|\bchecking your browser\b|\bverify(?:ing)? (?:that )?you are (?:a )?human",
    re.I,
)
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:header|footer|masthead|banner|aside|drawer|dropdown|off-?canvas"
    r"|\w*(?:nav|navigation|menu|bar))(?=[\s_-]|$)",
    re.I,
)
_ASIDE_TAGS = {"header", "footer", "nav", "aside", "dialog"}


def why_no_document(html: str, title: str, text: str) -> str | None:
    """What a page says instead of being a document; None for one that is."""
    words = " ".join(text.split()).replace("\u2019", "'")
    if len(words) > _FEW:
        return None
    asks = _SIGN_IN.search(title) or _SIGN_IN.search(words)
    if asks and _PASSWORD.search(html) and _is_in_content(html):
        return "a page that asks to sign in, no document"
    if _MUST_SIGN_IN.search(words) and (_SIGN_IN.search(title) or len(words) < _FEW_FOR_SCRIPTS):
        return "a page that asks to sign in, no document"
    says_so = _NOT_FOUND.search(title) or (
        len(words) < _FEW_FOR_SCRIPTS and _NOT_FOUND.search(words[:80])
    )
    if says_so and not words:
        return "a page that says it was not found, no document"
    if says_so and _TO_READER.search(words):
        return "a page that says it was not found, no document"
    if len(words) < _FEW_FOR_SCRIPTS and _SCRIPTS.search(words):
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
