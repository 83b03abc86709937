"""Which network addresses belong to the public internet. Pure."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

# All that has ever been given out of IPv6 for the public, and what stands for IPv4 in it.
_GIVEN_OUT = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_LOCAL_DOMAINS = (
    *(".localhost", ".localdomain", ".localdomain4", ".localdomain6", ".local", ".internal"),
    *(".home.arpa", ".intranet", ".private", ".corp", ".home", ".lan"),
)


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
    """Whether a name, if it is one, is of the machine or the network of who resolves it.

    Names without a dot are, and domains that are set aside for that (RFC 6761, 6762, 8375,
    ICANN's `internal`) or that networks use as if they were.
    """
    name = host.rstrip(".").lower()
    return "." not in name or name.endswith(_LOCAL_DOMAINS)


def _is_public_v4(ip: IPv4Address) -> bool:
    return ip.is_global and not (ip.is_multicast or ip.is_reserved)


def _carried(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that packets to this one end at."""
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip.ipv4_mapped or ip.sixtofour
