"""What is believed of a request's client: who sent it, unless a trusted proxy says more."""

from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from app.trusted_proxies import ProxyHeaders, TrustedProxies

PROXIES = ("10.0.0.0/8", "127.0.0.1", "2001:db8::1")
FOR, PROTO = "x-forwarded-for", "x-forwarded-proto"


async def seen(
    peer: str | None, *headers: tuple[str, str], named: tuple[str, ...] = PROXIES
) -> tuple[Any, str]:
    """Client and scheme as the application sees them."""
    scopes: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scopes.append(scope)

    async def nothing(*_: object) -> Any:
        return None

    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    scope = {"type": "http", "client": peer and (peer, 999), "scheme": "http", "headers": raw}
    await ProxyHeaders(app, lambda: named)(scope, nothing, nothing)
    return scopes[0]["client"], scopes[0]["scheme"]


@pytest.mark.parametrize("peer", ["192.0.2.1", "127.0.0.2", "::1", "2001:db8::2", "", None])
async def test_others_are_not_believed(peer: str | None) -> None:
    said = ((FOR, "203.0.113.9"), (PROTO, "https"), ("forwarded", "for=203.0.113.9;proto=https"))
    assert await seen(peer, *said) == (peer and (peer, 999), "http")


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "10.0.0.1"])
async def test_without_the_setting_nobody_is_believed(peer: str) -> None:
    said = (FOR, "203.0.113.9"), (PROTO, "https")
    assert await seen(peer, *said, named=()) == ((peer, 999), "http")


@pytest.mark.parametrize("peer", ["127.0.0.1", "10.1.2.3", "2001:db8::1", "::ffff:127.0.0.1"])
async def test_a_trusted_proxy_is_believed(peer: str) -> None:
    assert await seen(peer, (FOR, "203.0.113.9"), (PROTO, "https")) == (("203.0.113.9", 0), "https")
    assert await seen(peer) == ((peer, 999), "http")


@pytest.mark.parametrize(
    ("hops", "client"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("[2001:db8::9]:4711", "2001:db8::9"),
        ("2001:db8:0::9", "2001:db8::9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("1.1.1.1, 203.0.113.9", "203.0.113.9"),  # the client itself sent the first
        ("1.1.1.1,203.0.113.9,10.0.0.2,10.0.0.3", "203.0.113.9"),
        ("1.1.1.1, anything, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.2, 10.0.0.3", "10.0.0.2"),
    ],
)
def test_the_client_is_the_last_who_is_no_proxy(hops: str, client: str) -> None:
    assert TrustedProxies(PROXIES).client(hops.split(",")) == client


@pytest.mark.parametrize("hops", ["", ",", "unknown", "_hidden", "a\x1b[31m", "1.1.1.1, localhost"])
async def test_what_is_no_address_says_nothing(hops: str) -> None:
    assert await seen("127.0.0.1", (FOR, hops)) == (("127.0.0.1", 999), "http")


async def test_several_headers_are_one_list() -> None:
    two = (FOR, "1.1.1.1"), (FOR, "203.0.113.9")
    assert await seen("127.0.0.1", *two) == (("203.0.113.9", 0), "http")


@pytest.mark.parametrize("scheme", ["wss", "https, http", "javascript", "HTTPS", ""])
async def test_only_a_scheme_of_ours_is_taken(scheme: str) -> None:
    assert await seen("127.0.0.1", (PROTO, scheme)) == (("127.0.0.1", 999), "http")
