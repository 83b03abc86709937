"""One sitemap's entries, however it is written, and hostile ones within bounds."""

import contextlib
import gzip
from itertools import pairwise

import pytest

from ingest.sources.sitemap_xml import MAX_ENTRIES, Listed, read_sitemap
from rag_stream.errors import SourceError

ONE = "<urlset><url><loc>http://a/</loc></url></urlset>"


@pytest.mark.parametrize(
    "body",
    [
        ONE.encode(),
        gzip.compress(ONE.encode(), mtime=0),
        ONE.encode("utf-16"),
        f"<?xml version='1.0' encoding='iso-8859-1'?>{ONE}".encode(),
        b"<urlset><url><loc>http://a/</loc></url>",  # broken off
        b"<urlset><url><loc>http://a/</loc></url><url><loc>",
        b"<urlset><!-- c --><?pi?><url><!-- c --><loc>http://a/</loc><lastmod/></url></urlset>",
        b"<urlset><loc>http://b/</loc><x><loc>http://c/</loc></x>"
        b"<url><loc>http://a/</loc><y><loc>http://d/</loc></y></url></urlset>",
    ],
)
def test_the_entries(body: bytes) -> None:
    assert read_sitemap(body) == Listed(False, ["http://a/"])


def test_what_comes_after_too_many_is_not_read() -> None:
    body = b"<urlset>" + b"<url><loc>/</loc></url>" * (MAX_ENTRIES * 2) + b"</urlset>"
    assert len(read_sitemap(body).locations) == MAX_ENTRIES + 1


def test_a_location_is_cut() -> None:
    body = f"<urlset><url><loc>http://a/{'x' * 3_000_000}</loc></url></urlset>".encode()
    assert len(read_sitemap(body).locations[0]) == 10_000


def test_entries_that_would_fill_the_memory() -> None:
    entry = f"<url><loc>http://a/\U0001f426{'x' * 9_000}</loc></url>"
    body = f"<urlset>{entry * 600}</urlset>".encode()
    with pytest.raises(SourceError, match="more than the limit of 20,000,000 bytes"):
        read_sitemap(body)


@pytest.mark.parametrize("where", ["{}", "<urlset a='{}'><url><loc>{}</loc></url></urlset>"])
def test_entities_that_double_and_double(where: str) -> None:
    names = [f"e{n}" for n in range(40)]
    doubled = "".join(
        f"<!ENTITY {name} '&{before};&{before};'>" for before, name in pairwise(names)
    )
    document = where.replace("{}", "&e39;")
    body = f"<!DOCTYPE urlset [<!ENTITY e0 'xxxxxxxxxx'>{doubled}]>{document}"
    with contextlib.suppress(SourceError):
        assert sum(map(len, read_sitemap(body.encode()).locations)) < 1_000
