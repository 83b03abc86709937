"""Connections to the folder's own server, as its broker hands them out: see `broker.py`.

An address of that kind is `unix:` and the path of the broker's socket. The standard library
alone: the owner uses this, too.
"""

import os
import socket
import struct
import sys

SCHEME = "unix:"
TIMEOUT_S = 5.0
_ASK = b"GET /api/v2/heartbeat HTTP/1.1\r\nHost: localhost\r\n\r\n"


def address_of(path: str) -> str:
    return f"{SCHEME}{path}"


def path_of(address: str) -> str:
    return address.removeprefix(SCHEME)


def take(path: str, timeout_s: float = TIMEOUT_S) -> socket.socket:
    """A connection to the server that is open already; blocks. Raises OSError."""
    with socket.socket(socket.AF_UNIX) as broker:
        broker.settimeout(timeout_s)
        broker.connect(path)
        return handed(broker)


def handed(broker: socket.socket) -> socket.socket:
    """The connection that waits to be taken from the broker. Raises OSError."""
    # The superuser may talk to anybody's, and reads addresses from folders closed to others.
    if os.geteuid() != 0 and not is_of_account(broker, {os.geteuid(), 0}):
        raise PermissionError("expected the index server of this account, got another's")
    _, files, _, _ = socket.recv_fds(broker, 1, 1)
    if not files:
        raise ConnectionRefusedError("expected a connection to the index server, got none")
    os.set_inheritable(files[0], False)
    link = socket.socket(fileno=files[0])
    link.setblocking(True)  # whatever the broker had it be: that is common to both
    return link


def answers(address: str) -> bool:
    """Whether a Chroma server answers there."""
    try:
        with take(path_of(address), 2) as link:
            return answered(link, 2)
    except OSError:
        return False


def answered(link: socket.socket, timeout_s: float) -> bool:
    """Whether a Chroma server is at the other end; the connection can be used further."""
    # By hand: urllib.request takes 8 MB, and asks a proxy of the environment.
    try:
        link.settimeout(timeout_s)
        link.sendall(_ASK)
        return link.recv(1024).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def is_of_account(peer: socket.socket, accounts: set[int]) -> bool:
    """Whether the process at the other end of a Unix socket is of one of these accounts."""
    if sys.platform != "linux":
        return True  # the rights of the socket's folder have to do
    size = struct.calcsize("3i")
    _, uid, _ = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return uid in accounts
