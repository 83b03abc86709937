"""Addresses that are one, and pages that say which they are."""

import pytest

from ingest.sources.canonical import bare, declared, is_same_site, is_variant, leads_on, variants

HERE = "https://example.org/guide/install"


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("HTTPS://Example.ORG:443/a#b", "https://example.org/a"),
        ("http://user:secret@example.org", "http://example.org/"),
        ("http://example.org.:8080/a?b=c#", "http://example.org:8080/a?b=c"),
        ("http://[::1]:80/A/B", "http://[::1]/A/B"),
    ],
)
def test_an_address_without_what_parts_no_pages(url: str, plain: str) -> None:
    assert bare(url) == plain
    assert bare(plain) == plain


@pytest.mark.parametrize(
    ("head", "claimed"),
    [
        ('<link rel="canonical" href="/guide/">', "https://example.org/guide/"),
        ("<LINK HREF='x?a=1&amp;b=2#f' REL='Canonical'/>", "https://example.org/guide/x?a=1&b=2"),
        ("<link rel=canonical href=https://other.example/>", "https://other.example/"),
        ('<link data-x="a>b" rel="canonical" href="/x">', "https://example.org/x"),
        ('<link rel="alternate" href="/x">canonical', None),
        ('<!-- <link rel="canonical" href="/x"> -->', None),
        ('<script>"<link rel=canonical href=/x>"</script>', None),
        ('<body><link rel="canonical" href="/x">', None),
        ('<link rel="canonical" href="">', None),
        ('<link rel="canonical" href="javascript:alert(1)">', None),
        ('<link rel="canonical" href="http://[bad/">', None),
        (
            '<link rel="canonical" href="/x"><link rel="canonical" href="/x">',
            "https://example.org/x",
        ),
        ('<link rel="canonical" href="/x"><link rel="canonical" href="/y">', None),
        ("", None),
    ],
)
def test_what_a_page_calls_itself(head: str, claimed: str | None) -> None:
    assert declared(f"<html><head>{head}</head>".encode(), HERE) == claimed


@pytest.mark.parametrize(
    "text",
    [
        *("<link " * 50_000, "<link rel='" * 30_000, "<!--" * 60_000),
        *(f"<link {piece * (190_000 // len(piece))}>" for piece in ("a", "a ", "a-", "= ", "a= ")),
        f"<link {'a' * 190_000} rel=canonical href=/x>",
        f"<link a{' ' * 190_000}>",
        f"<link {'a' * 3_900}>" * 48,
    ],
)
def test_hostile_heads_take_no_time_to_speak_of(text: str) -> None:
    assert declared(text.encode() + b"canonical", HERE) is None


def test_a_site_is_a_host_with_www_or_without() -> None:
    assert is_same_site("http://www.example.org/a", "https://example.org/b")
    assert not is_same_site("https://example.org/", "https://docs.example.org/")
    assert not is_same_site("https://example.org/", "https://example.org:8443/")
    assert not is_same_site("https://a.github.io/", "https://b.github.io/")


def test_other_ways_to_write_an_address() -> None:
    assert variants("http://h/a/") == [
        "http://h/a",
        "http://h/a/index.htm",
        "http://h/a/index.html",
    ]
    assert variants("http://h/a/index.html?x") == [
        *("http://h/a?x", "http://h/a/?x", "http://h/a/index.htm?x"),
    ]
    assert variants("http://h/") == ["http://h/index.htm", "http://h/index.html"]
    assert is_variant("http://www.h/a/index.html", "https://h/a?utm_source=x")
    assert not is_variant("http://h/a?page=2", "http://h/a")
    assert not is_variant("http://h/a", "http://h/b")


@pytest.mark.parametrize(
    ("links", "head", "claimed"),
    [
        ('</guide/>; rel="canonical"', "", "https://example.org/guide/"),
        ("<https://example.org/x>;rel=canonical", "", "https://example.org/x"),
        (
            '</a.css>; rel=preload; as=style, </g>; title="x"; rel="canonical"',
            "",
            "https://example.org/g",
        ),
        ('</x>; rel="next"', "", None),
        ('</x>; rel="canonical"', "<link rel=canonical href=/x>", "https://example.org/x"),
        ('</x>; rel="canonical"', "<link rel=canonical href=/y>", None),
        ("canonical", "", None),
        (f"{'<' * 5_000}canonical{'>' * 5_000}", "", None),
    ],
)
def test_what_a_server_calls_a_page(links: str, head: str, claimed: str | None) -> None:
    assert declared(f"<html><head>{head}</head>".encode(), HERE, links) == claimed


STUB = (
    "<!DOCTYPE html><html><head><title>Redirecting</title><link rel=canonical href=/x>"
    "<script>location='/x'</script><meta http-equiv='{}' content='{}'></head>"
    "<body><p>Click <a href=/x>here</a> if you are not redirected.</p>{}</body></html>"
)


@pytest.mark.parametrize("key", ["refresh", "Refresh"])
@pytest.mark.parametrize(
    "content",
    [
        "0; url=/guide/",
        "0;URL=/guide/",
        '1; url = "/guide/"',
        "0.5;/guide/",
        ",url=../guide/",
        " 3 ; url=/guide/#a",
    ],
)
def test_a_page_that_only_leads_on(key: str, content: str) -> None:
    assert leads_on(STUB.format(key, content, "").encode(), HERE) == "https://example.org/guide/"


@pytest.mark.parametrize(
    ("key", "content", "more"),
    [
        ("refresh", "30; url=/guide/", ""),  # to be read meanwhile
        ("refresh", "0", ""),  # itself again
        ("refresh", "0; url=/guide/install", ""),
        ("refresh", "0; url=javascript:alert(1)", ""),
        ("description", "0; url=/guide/", ""),
        ("refresh", "0; url=/guide/", "<p>It has much to say. </p>" * 20),
        ("refresh", "0; url=/guide/", "<meta http-equiv=refresh content='0; url=/other'>"),
    ],
)
def test_a_page_that_stays_is_none(key: str, content: str, more: str) -> None:
    assert leads_on(STUB.format(key, content, more).encode(), HERE) is None


@pytest.mark.parametrize(
    "page",
    [
        "<!-- <meta http-equiv=refresh content='0; url=/x'> -->",
        "<noscript><meta http-equiv=refresh content='0; url=/x'></noscript>",
        "refresh",
        "",
    ],
)
def test_what_no_browser_follows_leads_nowhere(page: str) -> None:
    assert leads_on(page.encode(), HERE) is None


@pytest.mark.parametrize("piece", ["<meta ", "<title", "<meta http-equiv=refresh ", "0; url=", "<"])
def test_hostile_pages_that_lead_on_take_no_time_to_speak_of(piece: str) -> None:
    assert (
        leads_on(f"<!doctype html>refresh{piece * (19_000 // len(piece))}".encode(), HERE) is None
    )
