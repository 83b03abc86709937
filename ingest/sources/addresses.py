"""Which network addresses belong to the public internet. Pure."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

# All that has ever been given out of IPv6 for the public, and what stands for IPv4 in it.
_GIVEN_OUT = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether an address, as a socket or a resolver gives it, is one of the public internet.

    Not: loopback, private, link-local, shared (100.64/10), multicast, reserved, unspecified
    ones, nor IPv6 that carries such an IPv4 address, nor what is no address at all.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv4Address):
        return _is_public_v4(ip)
    if (carried := _carried(ip)) is not None:
        return _is_public_v4(carried)
    return ip in _GIVEN_OUT and ip.is_global and not ip.is_multicast and ip.scope_id is None


def is_local_name(host: str) -> bool:
    """Whether a name means the machine that resolves it, whoever that is (RFC 6761)."""
    name = host.rstrip(".").lower()
    return name == "localhost" or name.endswith((".localhost", ".localdomain"))


def _is_public_v4(ip: IPv4Address) -> bool:
    return ip.is_global and not (ip.is_multicast or ip.is_reserved)


def _carried(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that packets to this one end at."""
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip.ipv4_mapped or ip.sixtofour
