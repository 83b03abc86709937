"""The sockets the service listens on."""

import errno
import socket
from typing import Any

from rag_stream.errors import SettingsError

ACCEPTING = 8
"""Handles on each socket. An event loop on libuv takes one connection a round from each of
its handles: with one handle, a busy service's rounds of 10 ms would let in 100 questions a
second and keep all others waiting."""
_NOT_ON_THIS_MACHINE = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}


def listening_sockets(host: str, port: int, send_timeout_s: float) -> list[socket.socket]:
    """Bound sockets for every address of `host`, each several times over.

    A client that takes nothing of what it is sent for `send_timeout_s` is disconnected.

    Raises SettingsError where an address cannot be had.
    """
    sockets: list[socket.socket] = []
    missing: OSError | None = None
    try:
        for info in socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        ):
            try:
                bound = _bound(info[0], _at(info[4], port), send_timeout_s)
            except OSError as error:
                if error.errno not in _NOT_ON_THIS_MACHINE:
                    raise
                missing = error  # one family of a name's addresses may be turned off
            else:
                port = port or bound.getsockname()[1]  # one for all the addresses of a name
                sockets += [bound, *(bound.dup() for _ in range(ACCEPTING - 1))]
        if missing is not None and not sockets:
            raise missing
    except (OSError, UnicodeError) as error:
        for opened in sockets:
            opened.close()
        raise SettingsError(
            f"HOST, PORT: expected an address to listen on, got {host!r}, {port!r}: "
            f"{getattr(error, 'strerror', None) or 'no such name'}"
        ) from error
    for opened in sockets:
        opened.set_inheritable(True)
    return sockets


def address_of(host: str, listening: socket.socket) -> str:
    """Where a browser finds what listens there, by the host as it was given."""
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{listening.getsockname()[1]}"


def _at(address: tuple[Any, ...], port: int) -> tuple[Any, ...]:
    return (address[0], port, *address[2:])


def _bound(family: int, address: tuple[object, ...], send_timeout_s: float) -> socket.socket:
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            # Connections inherit it. Nobody above the kernel can end one whose client is
            # there but does not read: closing waits until everything has been taken.
            timeout_ms = int(send_timeout_s * 1000)
            bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, timeout_ms)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind(address)
    except BaseException:
        bound.close()
        raise
    return bound
