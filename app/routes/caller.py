"""Who is asking, as far as a request says."""

import hashlib

from starlette.requests import Request

from app.connections.limits import network_of

_CREDENTIALS = ("authorization", "x-api-key")


def caller_of(request: Request) -> str:
    """A digest of the credentials a request carries: the runs it begins belong to these.

    Those who carry none are one caller; what keeps them apart is that nobody can guess the
    id of another's run.
    """
    carried = "\n".join(request.headers.get(name, "") for name in _CREDENTIALS)
    return hashlib.sha256(carried.encode("utf-8", "surrogatepass")).hexdigest()


def address_of(request: Request) -> str:
    """Who shares the places with the others: the client's address, of IPv6 the network.

    Behind a proxy that is not trusted all clients have its address, and are one.
    """
    client = request.client
    return network_of(client.host) if client is not None else ""
