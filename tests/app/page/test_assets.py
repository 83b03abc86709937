"""The built files as they are sent: small where the browser takes that, kept for good, harmless."""

import gzip
import re

import pytest

from app.page.assets import INDEX, asset, read_assets, takes_gzip


def test_every_file_has_a_type_and_its_content() -> None:
    for name, file in read_assets().items():
        body, headers = file.sent("")
        assert "content-encoding" not in headers
        assert headers["content-type"].partition("/")[0] in ("text", "image"), name
        packed, headers = file.sent("br, gzip;q=0.8")
        if headers.get("content-encoding") == "gzip":
            assert len(packed) < len(body)
            packed = gzip.decompress(packed)
        assert packed == body


def test_what_has_a_hash_is_kept_and_the_page_asked_for() -> None:
    kept = {name: file.headers["cache-control"] for name, file in read_assets().items()}
    assert kept.pop(INDEX) == "no-cache"
    assert set(kept.values()) == {"public, max-age=31536000, immutable"}
    assert all("-" in name for name in kept)


def test_the_page_names_its_files_and_none_of_another_host() -> None:
    files = read_assets()
    page = files.pop(INDEX).plain.decode()
    for kind in (".js", ".css", ".svg"):
        assert any(f'"page/{name}"' in page for name in files if name.endswith(kind)), kind
    assert "://" not in page
    assert "<style" not in page
    assert " style=" not in page
    assert re.findall(r"<script(?![^>]* src=)[^>]*>", page) == []


def test_nothing_else_may_be_loaded_or_run() -> None:
    headers = read_assets()[INDEX].headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert set(policy.values()) == {"'none'", "'self'"}
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "microphone=()" in headers["permissions-policy"]


def test_what_does_not_get_smaller_is_sent_as_it_is() -> None:
    body, headers = asset("icon.svg", b"<svg/>").sent("gzip")
    assert body == b"<svg/>"
    assert "content-encoding" not in headers


@pytest.mark.parametrize(
    ("header", "takes"),
    [
        ("gzip, deflate, br, zstd", True),
        ("*", True),
        ("*;q=0.1", True),
        ("*, gzip;q=0", False),
        ("gzip;q=0.0", False),
        ("br", False),
        ("", False),
    ],
)
def test_who_takes_gzip_says_so(header: str, takes: bool) -> None:
    assert takes_gzip(header) == takes
