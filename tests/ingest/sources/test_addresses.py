"""Which addresses are of the public internet."""

import pytest

from ingest.sources.addresses import is_local_name, is_public

PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::808:808"]
NOT = [
    *("127.0.0.1", "127.8.9.1", "0.0.0.0", "0.1.2.3", "10.0.0.1"),  # noqa: S104
    *("172.16.0.1", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "198.18.0.1", "192.0.2.1", "224.0.0.1", "239.1.1.1"),
    *("240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1"),
    *("fd12:3456::1", "fec0::1", "ff02::1", "ff0e::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
    *("::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::"),
    *("2001:0:7f00:1::", "2001:db8::1", "::ffff:0:127.0.0.1", "4000::1", "2606:2800::1%lo"),
    *("", "localhost", "127.1", "2130706433", "0x7f.1", "1.2.3.4.5"),
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", NOT)
def test_not_public(address: str) -> None:
    assert not is_public(address)


def test_ipv4_in_ipv6_is_what_it_carries() -> None:
    assert is_public("::ffff:8.8.8.8")
    assert is_public("2002:808:808::")


@pytest.mark.parametrize(
    "name",
    [
        *("localhost", "LOCALHOST.", "a.localhost", "localhost.localdomain", "ip6-localhost"),
        *("localhost6.localdomain6", "router", "Wiki.Internal.", "printer.local", "nas.home.arpa"),
    ],
)
def test_names_of_a_machine_or_a_network_itself(name: str) -> None:
    assert is_local_name(name)
    assert not is_local_name(f"{name}.example.com")


@pytest.mark.parametrize("name", ["notlocalhost.example", "internal.example", "home.arpa.example"])
def test_names_that_may_be_public(name: str) -> None:
    assert not is_local_name(name)
