"""Ports for servers that are told theirs when they start.

A port that the system picks may be given to somebody else before the server listens: another
test's server, or a link's own end. So ours lie below the ports that systems pick (32768 on
Linux, 49152 elsewhere), each of the side-by-side test processes has a share of its own, and
none is given twice before its share has gone round.
"""

import os
import socket
from collections.abc import Iterator

FIRST, LAST = 12_000, 32_000
SHARES = 16
SIZE = (LAST - FIRST) // SHARES


def share_of(process: str) -> range:
    """The ports of a test process, by pytest-xdist's name for it: gw0, gw1 ..., or none."""
    number = int(process.removeprefix("gw")) + 1 if process else 0
    first = FIRST + number % SHARES * SIZE
    return range(first, first + SIZE)


def ports_of(share: range, begin: int) -> Iterator[int]:
    """A share's ports from the given place on, round and round."""
    while True:
        yield share[begin % len(share)]
        begin += 1


# Two runs on one machine begin at different places.
_ports = ports_of(share_of(os.environ.get("PYTEST_XDIST_WORKER", "")), os.getpid() * 37)


def free_port(ports: Iterator[int] = _ports) -> int:
    """Return a port that nobody listens on at any address, and that nobody else here is given."""
    for _ in range(SIZE):
        port = next(ports)
        with socket.socket() as probe:
            try:
                probe.bind(("", port))
            except OSError:
                continue  # listened on, or a link of it is not yet forgotten
            return port
    raise RuntimeError(f"expected a free port among {SIZE}, got none")
