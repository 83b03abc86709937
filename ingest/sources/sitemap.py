"""The pages a sitemap lists."""

import asyncio
from collections.abc import Awaitable, Callable
from sys import getsizeof
from urllib.parse import urljoin

from ingest.sources.discover import Found, WebSource, web_source
from ingest.sources.fetch import Fetched
from ingest.sources.sitemap_xml import MAX_ENTRIES, MAX_HELD, TOO_LONG, Listed
from ingest.sources.unforeseen import unforeseen
from rag_stream.errors import SourceError

_MAX_SITEMAPS = 200
_MAX_PAGES = MAX_ENTRIES


async def find_in_sitemap(
    url: str,
    fetch: Callable[[WebSource], Awaitable[Fetched]],
    parse: Callable[[bytes], Awaitable[Listed]],
) -> Found:
    """The pages of the sitemap or sitemap index at `url`, in its order.

    `fetch` gets one source, `parse` reads what it got; both may raise SourceError. What cannot
    be read is a problem of the result and hides nothing else; more than 200 sitemaps, 50,000
    entries or 20 MB of them are refused. Only `url` itself was typed, which the pages say.
    """
    waiting, seen = [web_source(url)], {url}
    pages: dict[str, WebSource] = {}
    problems: list[SourceError] = []
    name = waiting[0].name  # without a password
    room = MAX_HELD
    while waiting:
        here = waiting.pop(0)
        name = here.name
        try:
            body = (await fetch(here)).body
            listed = await _parsed(name, body, parse)
            found, bad, room = await asyncio.to_thread(
                _sources, listed.locations, here.url, url, room
            )
        except SourceError as error:
            problems.append(error)
            continue
        except Exception as error:  # noqa: BLE001  # one sitemap never ends the run
            problems.append(unforeseen(name, error))
            continue
        if room < 0:
            return Found((), problems=(SourceError(f"{name}: {TOO_LONG}"),))
        problems += bad
        if not listed.sitemaps:
            for page in found:
                pages.setdefault(page.name, page)
            found = []
        new = [source for source in found if source.url not in seen]
        seen.update(source.url for source in new)
        waiting += new
        if len(seen) > _MAX_SITEMAPS or len(pages) + len(problems) > _MAX_PAGES:
            refused = SourceError(
                f"{name}: expected at most {_MAX_SITEMAPS} sitemaps with {_MAX_PAGES:,} pages, "
                f"got {len(seen)} with {len(pages) + len(problems):,} so far"
            )
            return Found((), problems=(refused,))
    if not pages and not problems:
        problems.append(SourceError(f"{name}: this sitemap lists no pages"))
    return Found(tuple(pages.values()), problems=tuple(problems))


async def _parsed(name: str, body: bytes, parse: Callable[[bytes], Awaitable[Listed]]) -> Listed:
    try:
        return await parse(body)
    except SourceError as error:
        raise SourceError(f"{name}: {error}") from error


def _sources(
    locations: list[str], base: str, typed: str, room: int
) -> tuple[list[WebSource], list[SourceError], int]:
    """The sources, the problems, and what is left of the room; where that is negative, not all."""
    found, bad = [], []
    for location in locations:
        # Only now: a short entry may be relative to an address of 8 KB.
        address = _absolute(base, location)
        room -= getsizeof(address)
        if room < 0:
            break
        try:
            found.append(web_source(address, typed))
        except SourceError as error:
            bad.append(error)
    return found, bad, room


def _absolute(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return location  # which `web_source` then refuses
