"""The address that a web page is known by, and which other addresses may be the same page. Pure."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

_HEAD = 200_000
"""Bytes of a page in which its head is looked for."""
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_SCRIPT = re.compile(r"<(script|style|template|noscript)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.I)
_LONGEST = 4_000
"""Characters of a link."""
_LINK = re.compile(r"<link\b((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)>", re.I)
_META = re.compile(_LINK.pattern.replace("link", "meta"), re.I)
_REFRESH = re.compile(r"\s*+[0-5]?(?:\.\d{0,9})?\s*+[;,]\s*+(?:url\s*+=)?+\s*+(\S.{0,4000})", re.I)
"""At once or soon, to another address; a page that stays for longer is one to read."""
_TAG = re.compile(r"<[^<>]{0,4000}>")
_TITLE = re.compile(r"<title\b.{0,500}?</title\s*>", re.I | re.S)
_SMALL = 20_000
"""Bytes of such a page at most."""
_FEW = 200
"""Characters without blanks of a page that says no more than where it leads."""
_ATTRIBUTE = re.compile(
    r"(?<![a-zA-Z-])([a-zA-Z-]++)\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))"
)
_BODY = re.compile(r"<body\b", re.I)
_INDEX = re.compile(r"/index\.(?:html?|xhtml|php)\Z", re.I)
_PORTS = {"http": 80, "https": 443}
_TRACKING = re.compile(r"(?:utm_[a-z]+|gclid|fbclid|mc_cid|mc_eid)=", re.I)


def bare(url: str) -> str:
    """An address without what does not part pages: fragment, password, usual port, case of host."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    netloc = f"[{host}]" if ":" in host else host
    if parts.port not in (None, _PORTS.get(parts.scheme)):
        netloc += f":{parts.port}"
    return urlunsplit((parts.scheme, netloc, parts.path or "/", parts.query, ""))


def declared(body: bytes, url: str, links: str = "") -> str | None:
    """The address that a page's `rel=canonical` names, whole; None where it names none.

    `links`: the header of that name. Of several different ones none is believed.
    """
    found = set(_in_header(links, url))
    head = body[:_HEAD].decode("latin-1")
    head = _head(head) if "canonical" in head.lower() else ""
    for link in _LINK.finditer(head):
        given = _attributes(link[1])
        target = unescape(given.get("href", "")).strip()
        if target and "canonical" in given.get("rel", "").lower().split():
            found.add(_address(url, target))
    return found.pop() if len(found) == 1 else None


def leads_on(body: bytes, url: str) -> str | None:
    """Where a page leads that is nothing but a redirect: `<meta http-equiv=refresh>`, few words."""
    if len(body) > _SMALL or b"refresh" not in body.lower():
        return None
    page = body.decode("latin-1")
    page = _SCRIPT.sub("", _COMMENT.sub("", page))
    found = set()
    for meta in _META.finditer(page):
        given = _attributes(meta[1])
        target = _REFRESH.match(unescape(given.get("content", "")))
        if given.get("http-equiv", "").strip().lower() == "refresh" and target is not None:
            found.add(_address(url, target[1].strip().strip("\"'")))
    body_at = _BODY.search(page)
    words = _TAG.sub(" ", page[body_at.start() :] if body_at else _TITLE.sub("", page)).split()
    if len(found) != 1 or sum(map(len, words)) > _FEW:
        return None
    target_url = found.pop()
    return None if target_url is None or bare(target_url) == bare(url) else target_url


def _in_header(links: str, url: str) -> Iterator[str | None]:
    for link in links[:_LONGEST].split(",") if "canonical" in links.lower() else ():
        target, _, rest = link.strip().partition(">")
        rels = " ".join(m[2] or m[4] or "" for m in _ATTRIBUTE.finditer(rest) if m[1] == "rel")
        if target.startswith("<") and "canonical" in rels.lower().split():
            yield _address(url, target[1:].strip())


def _head(page: str) -> str:
    page = _SCRIPT.sub("", _COMMENT.sub("", page))
    body_at = _BODY.search(page)
    return page[: body_at.start()] if body_at else page


def _attributes(text: str) -> dict[str, str]:
    if len(text) > _LONGEST:
        return {}
    return {m[1].lower(): m[2] or m[3] or m[4] or "" for m in _ATTRIBUTE.finditer(text)}


def is_same_site(one: str, other: str) -> bool:
    """Whether two addresses are of one host, `www.` or not, and one port, unless the usual ones."""
    return _site(urlsplit(one)) == _site(urlsplit(other))


def variants(url: str) -> list[str]:
    """The other ways to write an address that mostly mean the same page, and need not."""
    parts = urlsplit(url)
    path = parts.path
    stem = _INDEX.sub("/", path)
    stems = {stem, stem.rstrip("/"), *(stem.rstrip("/") + f"/index.{end}" for end in _ENDS)}
    paths = sorted((stems | {stem.rstrip("/") + "/"}) - {path, ""})
    return [urlunsplit(parts._replace(path=p)) for p in paths]


_ENDS = ("html", "htm")


def is_variant(one: str, other: str) -> bool:
    """Whether addresses differ in scheme, `www.`, slash, index page or tracking alone."""
    return is_same_site(one, other) and _plain(one) == _plain(other)


def _plain(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    kept = "&".join(p for p in parts.query.split("&") if p and not _TRACKING.match(p))
    return _INDEX.sub("/", parts.path).rstrip("/"), kept


def _site(parts: SplitResult) -> tuple[str, int | None]:
    host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    return host, None if parts.port == _PORTS.get(parts.scheme) else parts.port


def _address(url: str, target: str) -> str | None:
    try:
        whole = bare(urljoin(url, target))
        parts = urlsplit(whole)
    except ValueError:
        return None
    return whole if parts.scheme in _PORTS and parts.hostname and whole.isprintable() else None
