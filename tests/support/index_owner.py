"""The process that owns an index folder, looked at from outside."""

import json
import os
import signal
from pathlib import Path
from time import sleep

from rag_stream.index.folder import inside

_LISTENS = "0A"


def owner(folder: Path) -> int:
    """The process id of the folder's server."""
    return int(json.loads(inside(folder, "address").read_text())["pid"])


def freeze(pid: int) -> None:
    """Stop a process, and wait until every thread of it has: that takes a moment."""
    os.kill(pid, signal.SIGSTOP)
    while any(_state(task) != "T" for task in Path(f"/proc/{pid}/task").iterdir()):
        sleep(0.01)


def _state(task: Path) -> str:
    return (task / "stat").read_text().rpartition(")")[2].split()[0]


def listening(pid: int) -> list[tuple[str, int]]:
    """The IPv4 addresses that a process listens on."""
    held = {_leads_to(file) for file in Path(f"/proc/{pid}/fd").iterdir()}
    found = []
    for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == _LISTENS and f"socket:[{fields[9]}]" in held:
            host, _, port = fields[1].partition(":")
            found.append((".".join(map(str, reversed(bytes.fromhex(host)))), int(port, 16)))
    return found


def _leads_to(file: Path) -> str:
    try:
        return str(file.readlink())
    except OSError:
        return ""  # closed meanwhile
