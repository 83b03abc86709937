"""Web addresses on the command line, as sources."""

from pathlib import Path

import pytest

from ingest.sources.discover import WebSource, find_sources
from tests.support.discovered import only_problem


def test_a_web_address_is_taken_as_given(tmp_path: Path) -> None:
    url = "https://lilianweng.github.io/posts/2023-06-23-agent/#memory"
    assert find_sources([url], base=tmp_path).sources == (WebSource(url, url),)


def test_a_password_in_an_address_is_used_but_not_named(tmp_path: Path) -> None:
    url = "https://user:secret@example.com:8443/a?b=c"
    (source,) = find_sources([url], base=tmp_path).sources
    assert source == WebSource("https://example.com:8443/a?b=c", url)


@pytest.mark.parametrize(
    "url", ["ftp://example.com/a", "file:///etc/passwd", "http://", "https://:80/", "://x"]
)
def test_other_addresses_are_refused(url: str, tmp_path: Path) -> None:
    assert "starts with http:// or https://" in only_problem(find_sources([url], base=tmp_path))


@pytest.mark.parametrize("url", ["http://a:99999/", "http://[::1/", "http://a:b/"])
def test_broken_addresses_are_refused(url: str, tmp_path: Path) -> None:
    assert "not a usable web address" in only_problem(find_sources([url], base=tmp_path))


@pytest.mark.parametrize(
    "url", ["http://a/\udcff", "http://a/\x1b[2J", "http://a/\nb", "http://a/" + "x" * 9000]
)
def test_addresses_that_could_not_be_shown_are_refused(url: str, tmp_path: Path) -> None:
    problem = only_problem(find_sources([url], base=tmp_path))
    assert problem.endswith("not a usable web address")
    assert len(problem) < 8_300
