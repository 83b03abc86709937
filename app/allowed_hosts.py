"""Which hosts the service answers for: a page of another name must not reach it by DNS.

A page can have its own name resolve to 127.0.0.1 and then read what a service there answers:
for the browser they are one origin. The name it asks for gives it away.
"""

import ipaddress
import re
from collections.abc import Sequence

_HOST = re.compile(r"(?:\[([0-9a-fA-F:.]+)\]|([^\s:/@\[\]\\?#,]+))(?::[0-9]*)?")


def is_allowed(host: str, server: str | None, allowed: Sequence[str]) -> bool:
    """Whether a request for `host`, come to the address `server`, is for us.

    Where nothing is said to be allowed, all names are, but for connections to a loopback
    address: those are for loopback names, and a proxy's names have to be said.
    """
    parts = _HOST.fullmatch(host)
    if parts is None:
        return False
    name = (parts[1] or parts[2]).lower().removesuffix(".")
    address, here = _address(name), _address(server or "")
    # No name was resolved: this can be nobody else's.
    is_local = name == "localhost" or name.endswith(".localhost") or _is_local(address)
    if is_local or (address is not None and address == here):
        return True
    if allowed:
        return any(_matches(name, pattern) for pattern in allowed)
    return here is None or not here.is_loopback


def _matches(name: str, pattern: str) -> bool:
    if pattern.startswith("*"):
        return name.endswith(pattern[1:])
    return name == pattern


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _is_local(address: ipaddress.IPv4Address | ipaddress.IPv6Address | None) -> bool:
    return address is not None and (address.is_loopback or address.is_unspecified)
