"""What a request's head has to be: its host, its size, the kind of its body."""

from typing import Any

import pytest

from app.head_bounds import MOST_HEADERS
from app.head_checks import complaint


def status_of(method: str, *headers: tuple[str, str]) -> int | None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    scope: dict[str, Any] = {"method": method, "headers": raw, "server": ("127.0.0.1", 8000)}
    error = complaint(scope, ())
    return error and error.status_code


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=utf-8"])
def test_json_is_taken(kind: str) -> None:
    page = ("origin", "http://127.0.0.1:8000")
    assert status_of("POST", ("content-type", kind), page) is None


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "text/plain;application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=application/json",
        "",
        "application/json, text/plain",
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_what_a_page_may_send_anywhere_is_415(method: str, kind: str) -> None:
    assert status_of(method, ("content-type", kind)) == 415


def test_no_kind_is_for_programs_only() -> None:
    assert status_of("POST") is None
    assert status_of("POST", ("origin", "null")) == 415
    assert status_of("POST", ("sec-fetch-site", "cross-site")) == 415


def test_two_kinds_must_both_be_json() -> None:
    kinds = ("content-type", "application/json"), ("content-type", "text/plain")
    assert status_of("POST", *kinds) == 415


def test_what_has_no_body_needs_no_kind() -> None:
    assert status_of("GET", ("content-type", "text/plain")) is None
    assert status_of("DELETE") is None


def test_each_host_has_to_be_ours() -> None:
    ours, theirs = ("host", "localhost:8000"), ("host", "evil.example")
    assert status_of("GET", ours) is None
    assert status_of("GET") is None  # a program: browsers always say it
    assert status_of("GET", theirs) == 421
    assert status_of("GET", ours, theirs) == 421


def test_large_heads_are_431() -> None:
    assert status_of("GET", *[("x", "y")] * MOST_HEADERS) is None
    assert status_of("GET", *[("x", "y")] * (MOST_HEADERS + 1)) == 431
    assert status_of("GET", ("x", "y" * 65_536)) == 431


def test_an_upgrade_with_a_body_is_400() -> None:
    offer = ("connection", "upgrade"), ("upgrade", "h2c")
    assert status_of("POST", *offer, ("content-length", "5")) == 400
    assert status_of("POST", *offer, ("transfer-encoding", "chunked")) == 400
    assert status_of("GET", *offer) is None
    assert status_of("GET", *offer, ("content-length", "0")) is None


# As they are, and as llhttp reads them or might.
@pytest.mark.parametrize("value", ["Upgrade", "keep-alive, UPGRADE", " upgrade ", ",upgrade;x"])
@pytest.mark.parametrize("name", ["connection", "proxy-connection"])
def test_an_upgrade_is_offered_by_either_name_in_any_form(name: str, value: str) -> None:
    more = ("connection", "keep-alive"), ("content-length", "5"), ("upgrade", "h2c")
    assert status_of("POST", (name, value), *more) == 400
    assert status_of("POST", *more, (name, value)) == 400


def test_an_upgrade_that_is_not_offered_is_none() -> None:
    length = ("content-length", "5")
    assert status_of("POST", ("upgrade", "h2c"), length) is None
    assert status_of("POST", ("upgrade", "h2c"), ("connection", "close"), length) is None
    assert status_of("POST", ("connection", "upgrade"), length) is None


def test_a_long_value_is_not_repeated_as_a_whole() -> None:
    scope = {
        "method": "POST",
        "headers": [(b"content-type", b"x" * 60_000)],
        "server": None,
    }
    assert len(str(complaint(scope, ()))) < 200
