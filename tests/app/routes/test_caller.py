"""Who owns a run: told apart by credentials. Whose places it takes: told apart by address."""

import pytest
from starlette.requests import Request

from app.lifecycle.admission import is_same_caller
from app.routes.caller import address_of, caller_of

Headers = list[tuple[bytes, bytes]]


def caller(*headers: tuple[bytes, bytes]) -> str:
    return caller_of(Request({"type": "http", "headers": list(headers)}))


ALICE = (b"authorization", b"Bearer alice")
BOB = (b"authorization", b"Bearer bob")


def test_the_same_credentials_are_the_same_caller() -> None:
    assert caller(ALICE) == caller((b"accept", b"*/*"), ALICE, (b"user-agent", b"another"))
    assert caller() == caller((b"cookie", b"a=b"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([ALICE], [BOB]),
        ([ALICE], []),
        ([ALICE], [(b"authorization", b"bearer alice ")]),
        ([ALICE], [(b"x-api-key", b"Bearer alice")]),
        ([ALICE], [ALICE, (b"x-api-key", b"1")]),
        ([(b"x-api-key", b"1")], [(b"x-api-key", b"2")]),
        ([(b"authorization", b"a"), (b"x-api-key", b"b")], [(b"authorization", b"ab")]),
    ],
)
def test_other_credentials_are_another_caller(one: Headers, other: Headers) -> None:
    assert caller(*one) != caller(*other)
    assert not is_same_caller(caller(*one), caller(*other))


@pytest.mark.parametrize("value", [b"Bearer \xe9\xff", "Bearer Grüße 🙂".encode(), b"\x80"])
def test_credentials_may_hold_any_byte(value: bytes) -> None:
    name = caller((b"authorization", value))
    assert name == caller((b"authorization", value))
    assert name != caller((b"authorization", value[:-1] + b"\xfe"))
    assert is_same_caller(name, caller((b"authorization", value)))


def test_a_caller_is_a_name_that_tells_nothing_of_the_credentials() -> None:
    # It goes to Redis, where words and lines have a meaning.
    name = caller((b"authorization", b"Bearer very secret"))
    assert len(name) == 64
    assert set(name) <= set("0123456789abcdef")


def address(client: tuple[str, int] | None, *headers: tuple[bytes, bytes]) -> str:
    return address_of(Request({"type": "http", "client": client, "headers": list(headers)}))


def test_an_address_is_the_connections_whatever_a_request_says_of_itself() -> None:
    forwarded = (b"x-forwarded-for", b"192.0.2.9")
    assert address(("192.0.2.1", 1), forwarded, ALICE) == address(("192.0.2.1", 2), BOB)
    assert address(("192.0.2.1", 1)) != address(("192.0.2.2", 1))


def test_a_network_of_ipv6_is_one_address() -> None:
    assert address(("2001:db8::1", 1)) == address(("2001:db8::ffff:2", 1))
    assert address(("2001:db8::1", 1)) != address(("2001:db8:0:1::1", 1))


def test_those_of_a_unix_socket_are_one() -> None:
    assert address(None) == address(None, ALICE) == ""
