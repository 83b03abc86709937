"""The pages a sitemap lists."""

import zlib
from collections.abc import Awaitable, Callable
from urllib.parse import urljoin

from ingest.sources.discover import Found, WebSource, web_source
from ingest.sources.fetch import Fetched
from rag_stream.errors import SourceError

_MAX_SITEMAPS = 200
_MAX_PAGES = 50_000
_MAX_BYTES = 50_000_000  # of one sitemap, unpacked: the protocol's own limit
_GZIP_MAGIC = b"\x1f\x8b"


async def find_in_sitemap(url: str, fetch: Callable[[str], Awaitable[Fetched]]) -> Found:
    """The pages of the sitemap or sitemap index at `url`, in its order.

    `fetch` gets one address or raises SourceError. What cannot be read is a problem of the
    result and hides nothing else; more than 200 sitemaps or 50,000 pages are refused.
    """
    waiting, seen = [url], {url}
    pages: dict[str, WebSource] = {}
    problems: list[SourceError] = []
    while waiting:
        here = waiting.pop(0)
        try:
            name = web_source(here).name  # without a password
            nested, listed = _read(here, name, (await fetch(here)).body)
        except SourceError as error:
            problems.append(error)
            continue
        for address in listed:
            try:
                page = web_source(address)
            except SourceError as error:
                problems.append(error)
            else:
                pages.setdefault(page.name, page)
        new = [address for address in nested if address not in seen]
        seen.update(new)
        waiting += new
        if len(seen) > _MAX_SITEMAPS or len(pages) > _MAX_PAGES:
            refused = SourceError(
                f"{name}: expected at most {_MAX_SITEMAPS} sitemaps with {_MAX_PAGES:,} pages, "
                f"got {len(seen)} with {len(pages):,} so far"
            )
            return Found((), problems=(refused,))
    if not pages and not problems:
        problems.append(SourceError(f"{name}: this sitemap lists no pages"))
    return Found(tuple(pages.values()), problems=tuple(problems))


def _read(url: str, name: str, body: bytes) -> tuple[list[str], list[str]]:
    """The nested sitemaps and the pages that one sitemap's `body` lists."""
    # Imported here: only --sitemap needs it.
    from lxml import etree  # type: ignore[import-untyped]

    if body.startswith(_GZIP_MAGIC):
        body = _unpack(name, body)
    # Lenient, since sitemaps with a bare & abound; entities stay unexpanded.
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    kind = None if root is None else etree.QName(root).localname
    if kind not in ("urlset", "sitemapindex"):
        got = f"<{kind}>" if kind else "what is no XML"
        raise SourceError(f"{name}: expected a sitemap (<urlset> or <sitemapindex>), got {got}")
    entry = "{*}url" if kind == "urlset" else "{*}sitemap"
    found = [_absolute(url, loc.text or "") for loc in root.iterfind(f"{entry}/{{*}}loc")]
    return ([], found) if kind == "urlset" else (found, [])


def _absolute(url: str, location: str) -> str:
    location = location.strip()
    try:
        return urljoin(url, location)
    except ValueError:
        return location  # which `web_source` then refuses


def _unpack(name: str, body: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)  # 16: with a gzip header
    try:
        unpacked = unpacker.decompress(body, _MAX_BYTES)
    except zlib.error:
        raise SourceError(f"{name}: the gzip file is damaged") from None
    if unpacker.unconsumed_tail:
        raise SourceError(f"{name}: bigger than the limit of {_MAX_BYTES:,} bytes when unpacked")
    return unpacked
