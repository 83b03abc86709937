"""Keeping others away from a port of this process: the kernel drops what is not signed.

A TCP port of the loopback address is open to every account of the machine and, by DNS
rebinding, to every page in a browser on it; Chroma's server can listen nowhere else and knows
no passwords. But TCP itself can be signed (RFC 2385, made for routers): a listening socket that
was given a key takes no connection, and no segment, from whoever does not have the key. It
needs no privilege, and nothing of the program that listens or talks.

Linux has it, where the kernel was built with it, as those of the distributions are. A
filter of packets (SO_ATTACH_FILTER) would need a privilege on newer ones.
"""

import os
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

Address = tuple[str, int]
_TCP_MD5SIG_EXT = 32
_FLAG_PREFIX = 1
_FAMILY_AND_ADDRESS = struct.Struct("=HH4s120x")  # a sockaddr_storage; from anywhere
_KEY = struct.Struct("=BBHi80s")
_TRIED_S = 0.02


def new_key() -> bytes:
    return os.urandom(32)


def sign(held: socket.socket, key: bytes) -> None:
    """Have all segments to and from a socket signed; before it is connected. Raises OSError."""
    if sys.platform != "linux":
        raise OSError("expected a kernel that signs TCP segments")
    anywhere = _FAMILY_AND_ADDRESS.pack(socket.AF_INET, 0, bytes(4))
    option = anywhere + _KEY.pack(_FLAG_PREFIX, 0, len(key), 0, key)
    held.setsockopt(socket.IPPROTO_TCP, _TCP_MD5SIG_EXT, option)


def sockets_at(address: Address) -> Iterator[socket.socket]:
    """This process's own TCP sockets with that address, whoever opened them; to be closed."""
    # All are looked at before the first is opened, which then is one of them, too.
    for number in [int(file.name) for file in Path("/proc/self/fd").iterdir() if _is_socket(file)]:
        with suppress(OSError):
            held = socket.socket(fileno=os.dup(number))
            if held.family == socket.AF_INET and held.getsockname() == address:
                yield held
            else:
                held.close()


def _is_socket(file: Path) -> bool:
    # Nothing else may be opened and closed again: a database's locks would go with it.
    try:
        return str(file.readlink()).startswith("socket:")
    except OSError:
        return False  # closed meanwhile


def count_at(address: Address) -> int:
    """How many files of this process are sockets with that address."""
    found = list(sockets_at(address))
    for held in found:
        held.close()
    return len(found)


def is_listening(held: socket.socket) -> bool:
    return bool(held.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))


def is_open(address: Address, within_s: float = _TRIED_S) -> bool:
    """Whether just anybody can connect to the address."""
    with socket.socket() as anybody:
        anybody.settimeout(within_s)
        return anybody.connect_ex(address) == 0
