"""The head of a request, counted as it arrives."""

import pytest

from app.connections.head_count import HeadCount
from app.errors import HeadTooLargeError
from app.head_bounds import MOST_HEAD_BYTES, MOST_HEADERS


def test_as_many_headers_as_may_be_are_taken_and_no_more() -> None:
    count = HeadCount()
    for _ in range(MOST_HEADERS):
        count.add_header(b"x", b"y")
    with pytest.raises(HeadTooLargeError):
        count.add_header(b"x", b"y")


def test_as_many_bytes_as_may_be_are_taken_and_no_more() -> None:
    count = HeadCount()
    count.add(MOST_HEAD_BYTES - len(b"x: y\r\n"))
    count.add_header(b"x", b"y")
    with pytest.raises(HeadTooLargeError, match=f"at most {MOST_HEADERS} of them"):
        count.add(1)


def test_each_request_is_counted_anew() -> None:
    count = HeadCount()
    for _ in range(3):
        count.begin()
        count.add(MOST_HEAD_BYTES)
