"""The lists in a browser's headers."""

import pytest

from app.request_headers import tags_in, weights_in


@pytest.mark.parametrize(
    ("header", "tags"),
    [("", [""]), ('"a"', ['"a"']), ('W/"a", "b"', ['"a"', '"b"']), ("*", ["*"])],
)
def test_tags_are_the_same_weak_and_strong(header: str, tags: list[str]) -> None:
    assert tags_in(header) == tags


@pytest.mark.parametrize(
    ("header", "weights"),
    [
        ("gzip", {"gzip": 1.0}),
        ("GZip;q=0.5, br ; Q=0", {"gzip": 0.5, "br": 0.0}),
        ("a;level=1;q=0.3,a;q=0.2", {"a": 0.3}),
        ("a;q=oops", {"a": 0.0}),
    ],
)
def test_weights_are_told_or_one(header: str, weights: dict[str, float]) -> None:
    assert weights_in(header) == weights
