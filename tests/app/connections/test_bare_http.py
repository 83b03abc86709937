"""HTTP/1.1 as bytes: what is refused, and what an offer to upgrade becomes."""

import json

import pytest

from app.connections.bare_http import response_of, without_upgrade
from app.errors import BadRequestError, OverloadedError


def test_a_refusal_is_a_whole_response() -> None:
    head, _, body = response_of(OverloadedError("later")).partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0].startswith(b"HTTP/1.1 503 ")
    assert b"retry-after: 1" in lines
    assert b"connection: close" in lines
    assert b"content-length: %d" % len(body) in lines
    assert json.loads(body)["message"] == "later"


def test_what_need_not_be_asked_again_names_no_time() -> None:
    assert b"retry-after" not in response_of(BadRequestError("no HTTP"))


@pytest.mark.parametrize(
    ("offered", "kept"),
    [
        ([(b"connection", b"Upgrade"), (b"upgrade", b"h2c")], b""),
        ([(b"connection", b"close, Upgrade, HTTP2-Settings")], b"connection: close\r\n"),
        ([(b"http2-settings", b"AAMAAABk"), (b"x", b"y")], b"x: y\r\n"),
        ([(b"connection", b"keep-alive")], b"connection: keep-alive\r\n"),
    ],
)
def test_a_head_keeps_all_but_its_offers(offered: list[tuple[bytes, bytes]], kept: bytes) -> None:
    head = without_upgrade(b"POST", b"/rag/stream", b"1.1", [(b"host", b"a"), *offered])
    assert head == b"POST /rag/stream HTTP/1.1\r\nhost: a\r\n" + kept + b"\r\n"
