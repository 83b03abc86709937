"""Whether a request has to go through a proxy of the environment."""

import urllib.request
from urllib.parse import urlsplit


def proxy_of(url: str) -> str | None:
    """The proxy that HTTP_PROXY and its kin name for a URL; None where it is asked directly."""
    parts = urlsplit(url)
    if parts.hostname is None or urllib.request.proxy_bypass(parts.hostname):
        return None
    proxies = urllib.request.getproxies()
    return proxies.get(parts.scheme) or proxies.get("all")
