"""Sitemaps: which pages they list, and what is refused."""

import gzip
from collections.abc import Mapping

import pytest

from ingest.sources.discover import Found, WebSource
from ingest.sources.fetch import Fetched
from ingest.sources.sitemap import find_in_sitemap
from ingest.sources.sitemap_xml import Listed, read_sitemap
from rag_stream.errors import SourceError

NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
URL = "https://site.example/sitemap.xml"


def urlset(*addresses: str) -> bytes:
    entries = "".join(f"<url><loc>{address}</loc></url>" for address in addresses)
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {NAMESPACE}>{entries}</urlset>'.encode()


def index(*addresses: str) -> bytes:
    entries = "".join(f"<sitemap><loc>{address}</loc></sitemap>" for address in addresses)
    return f"<sitemapindex {NAMESPACE}>{entries}</sitemapindex>".encode()


async def parse(body: bytes) -> Listed:
    """What the parser's process does, in this one."""
    return read_sitemap(body)


async def find(files: Mapping[str, bytes]) -> Found:
    async def fetch(source: WebSource) -> Fetched:
        url = source.url
        if url not in files:
            raise SourceError(f"{url}: answered 404 Not Found")
        return Fetched(url, files[url], "application/xml", None)

    return await find_in_sitemap(URL, fetch, parse)


def names(found: Found) -> list[str]:
    return [source.name for source in found.sources]


async def problem(body: bytes) -> str:
    return await problem_of(body, {})


async def problem_of(body: bytes, files: Mapping[str, bytes]) -> str:
    found = await find({URL: body, **files})
    assert found.sources == ()
    (error,) = found.problems
    return str(error)


async def test_the_pages_of_a_sitemap_in_order() -> None:
    body = urlset("https://site.example/b", "\n https://site.example/a?x=1&amp;y=2 ", "/relative")
    assert names(await find({URL: body})) == [
        "https://site.example/b",
        "https://site.example/a?x=1&y=2",
        "https://site.example/relative",
    ]


async def test_what_nobody_foresaw_of_one_sitemap_leaves_the_others() -> None:
    bad, good = "https://site.example/bad.xml", "https://site.example/good.xml"
    files = {URL: index(bad, good), bad: b"bad", good: urlset("/a")}

    async def fetch(source: WebSource) -> Fetched:
        return Fetched(source.url, files[source.url], "application/xml", None)

    async def read(body: bytes) -> Listed:
        if body == b"bad":
            raise RecursionError("a parser's own words\x1b")
        return read_sitemap(body)

    found = await find_in_sitemap(URL, fetch, read)
    assert names(found) == ["https://site.example/a"]
    assert [str(problem) for problem in found.problems] == [
        f"{bad}: could not be read (RecursionError)"
    ]


async def test_without_a_namespace_and_with_a_bare_ampersand() -> None:
    body = b"<urlset><url><loc>https://site.example/?a=1&b=2</loc></url></urlset>"
    (name,) = names(await find({URL: body}))
    assert name.startswith("https://site.example/?a=1")


async def test_images_and_alternates_are_no_pages() -> None:
    body = (
        f'<urlset {NAMESPACE} xmlns:i="http://www.google.com/schemas/sitemap-image/1.1">'
        "<url><loc>https://site.example/a</loc>"
        "<i:image><i:loc>https://site.example/a.png</i:loc></i:image></url></urlset>"
    ).encode()
    assert names(await find({URL: body})) == ["https://site.example/a"]


async def test_an_index_of_packed_sitemaps() -> None:
    files = {
        URL: index("https://site.example/1.xml.gz", "https://site.example/2.xml"),
        "https://site.example/1.xml.gz": gzip.compress(urlset("https://site.example/a")),
        "https://site.example/2.xml": urlset("https://site.example/b", "https://site.example/a"),
    }
    assert names(await find(files)) == ["https://site.example/a", "https://site.example/b"]


async def test_an_index_that_names_itself_ends() -> None:
    assert await problem(index(URL)) == f"{URL}: this sitemap lists no pages"


async def test_a_missing_part_of_an_index_does_not_hide_the_rest() -> None:
    files = {
        URL: index("https://site.example/none.xml", "https://site.example/2.xml"),
        "https://site.example/2.xml": urlset(
            "ftp://site.example/x", "http://[", "https://site.example/b"
        ),
    }
    found = await find(files)
    assert names(found) == ["https://site.example/b"]
    assert str(found.problems[0]) == "https://site.example/none.xml: answered 404 Not Found"
    assert str(found.problems[1]).startswith("ftp://site.example/x: expected a web address")
    assert str(found.problems[2]) == "http://[: not a usable web address"


@pytest.mark.parametrize(
    ("body", "got"),
    [
        (b"<html><body>Not here<br></body></html>", "<html>"),
        (b"<!doctype html><title>Not here</title>", "what is no XML"),
        (b"<rss></rss>", "<rss>"),
        (b"just words", "what is no XML"),
        (b"", "what is no XML"),
        (b"<!-- only a comment -->", "what is no XML"),
    ],
)
async def test_what_is_no_sitemap_is_told(body: bytes, got: str) -> None:
    assert await problem(body) == (
        f"{URL}: expected a sitemap (<urlset> or <sitemapindex>), got {got}"
    )


async def test_a_password_opens_the_pages_too_and_is_never_named() -> None:
    async def fetch(source: WebSource) -> Fetched:
        return Fetched(source.url, urlset("/a"), "text/xml", None)

    typed = "https://user:secret@site.example/sitemap.xml"
    found = await find_in_sitemap(typed, fetch, parse)
    assert found.sources == (
        WebSource("https://site.example/a", "https://user:secret@site.example/a", typed),
    )

    async def fetch_words(source: WebSource) -> Fetched:
        return Fetched(source.url, b"words", None, None)

    found = await find_in_sitemap(typed, fetch_words, parse)
    assert str(found.problems[0]).startswith("https://site.example/sitemap.xml: expected a sitemap")


async def test_damaged_gzip() -> None:
    assert await problem(b"\x1f\x8bdamaged") == f"{URL}: the gzip file is damaged"


async def test_gzip_that_unpacks_to_gigabytes_is_refused() -> None:
    assert "50,000,000 bytes unpacked" in await problem(gzip.compress(bytes(50_000_001)))


async def test_entities_are_not_expanded() -> None:
    body = (
        b'<!DOCTYPE u [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">'
        b'<!ENTITY f SYSTEM "file:///etc/passwd">]>'
        b"<urlset><url><loc>https://site.example/&b;&f;</loc></url></urlset>"
    )
    assert names(await find({URL: body})) == ["https://site.example/"]


async def test_too_many_pages() -> None:
    body = urlset(*(f"/{n}" for n in range(50_001)))
    assert "at most 200 sitemaps with 50,000 pages" in await problem(body)


async def test_too_many_sitemaps() -> None:
    body = index(*(f"/{n}" for n in range(200)))
    assert "got 201 with 0 so far" in await problem(body)


@pytest.mark.parametrize("scheme", ["https", "ftp"])
async def test_addresses_that_would_fill_the_memory(scheme: str) -> None:
    """Each sitemap is within its bounds, all of them together are not."""
    parts = {f"https://site.example/{n}.xml": n for n in range(8)}
    files = {
        part: urlset(*(f"{scheme}://site.example/\U0001f426{'x' * 8_000}{n}" for _ in range(99)))
        for part, n in parts.items()
    }
    assert "more than the limit of 20,000,000 bytes" in await problem_of(index(*parts), files)


async def test_short_entries_that_are_relative_to_a_long_address() -> None:
    long = f"https://site.example/{'x' * 8_000}"
    files = {long: urlset(*(f"?{n}" for n in range(3_000)))}
    assert "more than the limit of 20,000,000 bytes" in await problem_of(index(long), files)
