"""What a request says about coming back, read from its header and its address."""

import pytest
from starlette.requests import Request

from app.routes.resume_headers import goes_on_alone, position
from rag_stream.errors import InvalidInputError


def request(query: str = "", **headers: str) -> Request:
    raw = [
        (name.replace("_", "-").lower().encode(), value.encode("latin-1"))
        for name, value in headers.items()
    ]
    return Request({"type": "http", "headers": raw, "query_string": query.encode()})


# Whether the answer goes on alone


def test_an_answer_ends_with_its_client_unless_told_otherwise() -> None:
    assert goes_on_alone(request()) is False


@pytest.mark.parametrize(
    ("value", "expected"),
    [("cancel", False), ("continue", True), ("Continue", True), (" CANCEL ", False)],
)
def test_a_client_says_whether_its_answer_goes_on(value: str, expected: bool) -> None:
    assert goes_on_alone(request(X_On_Disconnect=value)) is expected


@pytest.mark.parametrize("value", ["", " ", "yes", "true", "continue, cancel", "keep\xe9"])
def test_anything_else_is_refused_by_the_headers_name(value: str) -> None:
    with pytest.raises(InvalidInputError, match=r"^X-On-Disconnect: expected 'cancel' or"):
        goes_on_alone(request(X_On_Disconnect=value))


def test_a_long_value_is_not_repeated_as_a_whole() -> None:
    with pytest.raises(InvalidInputError) as caught:
        goes_on_alone(request(X_On_Disconnect="x" * 10_000))
    assert len(str(caught.value)) < 300


# Where to go on


def test_who_says_nothing_has_nothing() -> None:
    assert position(request()) == 0


@pytest.mark.parametrize(
    ("value", "expected"), [("0", 0), ("7", 7), ("007", 7), ("9" * 15, 10**15 - 1)]
)
def test_the_last_event_is_named_by_header_or_address(value: str, expected: int) -> None:
    assert position(request(Last_Event_ID=value)) == expected
    assert position(request(f"after={value}")) == expected


def test_the_header_comes_before_the_address() -> None:
    # A browser that comes back by itself keeps the address of the first time.
    assert position(request("after=3", Last_Event_ID="12")) == 12
    assert position(request("after=3", Last_Event_ID="0")) == 0
    assert position(request("after=nonsense", Last_Event_ID="12")) == 12


def test_an_empty_value_is_none() -> None:
    assert position(request("after=", Last_Event_ID="")) == 0
    assert position(request("after=3", Last_Event_ID="")) == 3


@pytest.mark.parametrize("value", ["-1", "+1", "1.0", "1e3", "0x1", "one", "1_0", "9" * 16, "\xb2"])
def test_what_is_no_number_of_an_event_is_refused_by_its_name(value: str) -> None:
    with pytest.raises(InvalidInputError, match=r"^Last-Event-ID: expected the id of an event"):
        position(request("after=3", Last_Event_ID=value))


@pytest.mark.parametrize("value", ["-1", "%2B1", "1.0", "one", "9" * 16, "%D9%A3", "%C2%B2", "%20"])
def test_so_it_is_in_the_address(value: str) -> None:
    with pytest.raises(InvalidInputError, match=r"^after: expected the id of an event"):
        position(request(f"after={value}"))


def test_a_long_position_is_not_repeated_as_a_whole() -> None:
    with pytest.raises(InvalidInputError) as caught:
        position(request(f"after={'9' * 10_000}"))
    assert len(str(caught.value)) < 300
