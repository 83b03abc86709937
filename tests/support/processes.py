"""What the processes of a service hold at a moment: open files, memory."""

import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path

_PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024
_INDEX_SERVER = b"index.server_process"  # counts its own connections, and keeps some


def family(pid: int) -> list[int]:
    """A process and all that it has started, without the index server."""
    found = []
    with suppress(OSError):  # it has ended meanwhile
        if _INDEX_SERVER not in Path(f"/proc/{pid}/cmdline").read_bytes():
            found.append(pid)
            for task in Path(f"/proc/{pid}/task").iterdir():
                for child in (task / "children").read_text().split():
                    found += family(int(child))
    return found


def open_files(pids: Sequence[int], *, kept_for: Collection[int] = ()) -> int:
    """How many file descriptors they have, without connections to these ports.

    Those belong to a pool, which keeps some on purpose.
    """
    pooled = _connections_to(kept_for)
    count = 0
    for pid in pids:
        with suppress(OSError):
            for entry in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(OSError):
                    count += entry.readlink().name not in pooled
    return count


def resident_mb(pids: Sequence[int]) -> float:
    pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids]
    return sum(pages) * _PAGE_KB / 1024


def holder_of(pids: Sequence[int], port: int) -> int:
    """The one of them that has a connection to this port."""
    wanted = _connections_to([port])
    for pid in pids:
        with suppress(OSError):
            for entry in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(OSError):
                    if entry.readlink().name in wanted:
                        return pid
    raise LookupError(f"no connection to port {port} in {list(pids)}")


def _connections_to(ports: Collection[int]) -> set[str]:
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {f"socket:[{row[9]}]" for row in rows if int(row[2].rpartition(":")[2], 16) in ports}
