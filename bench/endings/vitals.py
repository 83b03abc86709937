"""What the workers of a watched service hold at a moment."""

import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.process import resident_mb
from bench.subject import SubjectError, fetch

_LIMIT_S = 20.0
_LISTENING = "0A"


@dataclass(frozen=True, slots=True)
class Vitals:
    """One worker's."""

    pid: int
    tasks: int
    """Of its event loop."""
    blocks: int
    """Pieces of memory for small objects that Python has given out."""
    given_out: int
    """Bytes of memory for all else."""
    files: int
    """Open file descriptors that are no connections to other servers."""
    clients: int
    """Connections of clients."""
    outward: int
    """Connections to the model and to the index: some are kept for the next request."""
    resident_mb: float
    names: list[str]
    """What the tasks do."""
    kinds: dict[str, int]
    """How many objects there are of each type, of those the garbage collector knows."""


def vitals(port: int, workers: int) -> list[Vitals]:
    """Of each worker behind a port, in the order of their process ids."""
    found: dict[int, Vitals] = {}
    deadline = time.monotonic() + _LIMIT_S
    while len(found) < workers:  # who of them answers is for the kernel to choose
        status, body = fetch(port, "/_watch", 10.0)
        if status != 200 or time.monotonic() > deadline:
            raise SubjectError(f"not every worker tells of itself: {status} {sorted(found)}")
        told = json.loads(body)
        if told["pid"] not in found:
            found[told["pid"]] = _measured(port, told)
    return [found[pid] for pid in sorted(found)]


def _measured(port: int, told: dict[str, Any]) -> Vitals:
    pid: int = told["pid"]
    local, outward = _sockets(port)
    files = _files(pid)
    return Vitals(
        pid,
        tasks=len(told["tasks"]),
        blocks=told["blocks"],
        given_out=told["given_out"],
        files=sum(name not in outward for name in files),
        clients=sum(name in local for name in files),
        outward=sum(name in outward for name in files),
        resident_mb=resident_mb([pid]),
        names=told["tasks"],
        kinds=told["kinds"],
    )


def _files(pid: int) -> list[str]:
    names = []
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            names.append(str(entry.readlink()))
    return names


def _sockets(port: int) -> tuple[set[str], set[str]]:
    """The machine's TCP connections by name: those of the service's clients, and all others."""
    clients, others = set(), set()
    for table in ("tcp", "tcp6"):
        path = Path(f"/proc/{os.getpid()}/net/{table}")
        for line in path.read_text().splitlines()[1:] if path.exists() else ():
            fields = line.split()
            name, is_listening = f"socket:[{fields[9]}]", fields[3] == _LISTENING
            if int(fields[1].rpartition(":")[2], 16) == port:
                if not is_listening:
                    clients.add(name)
            elif not is_listening:
                others.add(name)
    return clients, others
