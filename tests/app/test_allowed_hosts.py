"""Which hosts the service answers for."""

import pytest

from app.allowed_hosts import is_allowed

LOCAL = ["localhost", "LocalHost:8000", "app.localhost:1", "127.0.0.1:8000", "127.9.9.9", "[::1]:8"]
FOREIGN = ["evil.example", "evil.example:8000", "localhost.evil.example", "10.0.0.5", "[fe80::1]"]
NONSENSE = ["", " ", "a@127.0.0.1", "127.0.0.1:8000:1", "localhost/x", "127.0.0.1:80@evil", "[::1"]


@pytest.mark.parametrize("host", [*LOCAL, "localhost.", "0.0.0.0:8000"])
@pytest.mark.parametrize("allowed", [(), ("docs.example.org",)])
@pytest.mark.parametrize("server", ["127.0.0.1", "::1", "192.0.2.7", None])
def test_loopback_names_are_always_allowed(
    host: str, server: str | None, allowed: tuple[str, ...]
) -> None:
    assert is_allowed(host, server, allowed)


@pytest.mark.parametrize("host", [*FOREIGN, *NONSENSE])
@pytest.mark.parametrize("server", ["127.0.0.1", "127.0.0.2", "::1"])
def test_on_loopback_nothing_else_is(host: str, server: str) -> None:
    assert not is_allowed(host, server, ())


@pytest.mark.parametrize("host", FOREIGN)
@pytest.mark.parametrize("server", ["192.0.2.7", "2001:db8::7", "test", None])
def test_elsewhere_any_name_is_unless_names_are_said(host: str, server: str | None) -> None:
    assert is_allowed(host, server, ())
    assert not is_allowed(host, server, ("docs.example.org",))
    assert is_allowed(host, server, ("*",))


@pytest.mark.parametrize("host", NONSENSE)
def test_what_is_no_host_never_is(host: str) -> None:
    assert not is_allowed(host, "192.0.2.7", ("*",))


def test_names_are_said_whole_or_by_their_domain() -> None:
    allowed = ("docs.example.org", "*.example.net")
    for host in ("docs.example.org", "Docs.Example.org:443", "a.example.net", "a.b.example.net."):
        assert is_allowed(host, "127.0.0.1", allowed)
    for host in ("example.org", "x.docs.example.org", "example.net", "badexample.net"):
        assert not is_allowed(host, "127.0.0.1", allowed)


def test_the_address_that_was_connected_to_is_allowed() -> None:
    assert is_allowed("192.0.2.7:8000", "192.0.2.7", ("docs.example.org",))
    assert is_allowed("[2001:db8::7]:8000", "2001:db8::7", ("docs.example.org",))
    assert not is_allowed("192.0.2.8", "192.0.2.7", ("docs.example.org",))
