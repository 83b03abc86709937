"""The process that owns an index folder, as its victim."""

import json
import os
import signal
from contextlib import suppress
from pathlib import Path

from rag_stream.index.folder import inside


def pid_of(folder: Path) -> int:
    """Its process id. Raises OSError, ValueError, KeyError where there is none."""
    return int(json.loads(inside(folder, "address").read_text())["pid"])


def kill(folder: Path) -> None:
    """Kill it, if there is one."""
    with suppress(OSError, ValueError, KeyError, ProcessLookupError):
        os.kill(pid_of(folder), signal.SIGKILL)
