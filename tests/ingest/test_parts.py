"""Parts of web sites."""

import pytest

from ingest.parts import folder_of, host_of, innermost, is_part, label_of, part_of, site_of


@pytest.mark.parametrize(
    ("addresses", "part"),
    [
        (["https://h/docs/a", "https://h/docs/b.html"], "web:h/docs/"),
        (["https://h/docs/en/a", "http://H/docs/b/c"], "web:h/docs/"),
        (["https://h/docs/", "https://h/docs"], "web:h/"),
        (["http://h:8000/a/b", "http://h:8000/ab/c"], "web:h:8000/"),
        (["http://[::1]:80/a/b?x=/y#z"], "web:[::1]/a/"),
    ],
)
def test_a_part_is_the_folders_that_all_pages_are_in(addresses: list[str], part: str) -> None:
    assert part_of(addresses) == part
    assert is_part(part)
    assert label_of(part) == part.removeprefix("web:")
    assert not is_part("#1")


def test_a_page_is_in_the_innermost() -> None:
    roots = {"web:h/": 0, "web:h/docs/en/": 0, "web:h:81/docs/": 0, "#1": 0}
    for address, part in {
        "https://h/docs/en/a": "web:h/docs/en/",
        "https://h/docs/en/x/y.html#z": "web:h/docs/en/",
        "https://h/docs/english": "web:h/",
        "https://h": "web:h/",
        "https://h:81/docs/a": "web:h:81/docs/",
        "https://h:81/a": None,
        "https://other/docs/en/a": None,
    }.items():
        assert innermost(address, roots) == part


def test_hosts_and_folders() -> None:
    assert site_of("https://u:p@H:443/a/b?c=/d") == "h/a/"
    assert host_of("https://h:1/a/b") == "h:1"
    assert folder_of("docs/en/a/b.html", "docs") == "en"
    assert folder_of("docs/b.html", "docs") == ""
    assert folder_of("h/docs/en/", "h/docs/") == "en"
    assert folder_of("h/docs/", "h/docs/") == ""
