"""The sockets the service listens on."""

import errno
import socket

from rag_stream.errors import SettingsError

ACCEPTING = 8
"""Handles on each socket. An event loop on libuv takes one connection a round from each of
its handles: with one handle, a busy service's rounds of 10 ms would let in 100 questions a
second and keep all others waiting at the door."""
_NOT_ON_THIS_MACHINE = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}


def listening_sockets(host: str, port: int) -> list[socket.socket]:
    """Bound sockets for every address of `host`, each several times over.

    Raises SettingsError where an address cannot be had.
    """
    sockets: list[socket.socket] = []
    missing: OSError | None = None
    try:
        for info in socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        ):
            try:
                bound = _bound(info[0], info[4])
            except OSError as error:
                if error.errno not in _NOT_ON_THIS_MACHINE:
                    raise
                missing = error  # one family of a name's addresses may be turned off
            else:
                sockets += [bound, *(bound.dup() for _ in range(ACCEPTING - 1))]
        if missing is not None and not sockets:
            raise missing
    except OSError as error:
        for opened in sockets:
            opened.close()
        raise SettingsError(
            f"HOST, PORT: expected an address to listen on, got {host!r}, {port!r}: "
            f"{error.strerror}"
        ) from error
    for opened in sockets:
        opened.set_inheritable(True)
    return sockets


def _bound(family: int, address: tuple[object, ...]) -> socket.socket:
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind(address)
    except BaseException:
        bound.close()
        raise
    return bound
