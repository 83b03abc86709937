"""The processes of a run: started, looked at, and ended with all that they started."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

ROOT = Path(__file__).parents[1]
MARK = "BENCH_PROCESS"
"""A variable that what we start hands on to what it starts, also across sessions."""

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_KB = os.sysconf("SC_PAGE_SIZE") / 1024
_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1
_NOT_OURS = ("RAG_", "OPENAI_", "LANGCHAIN_", "LANGSMITH_", "UVICORN_", "HAYHOOKS_", "HAYSTACK_")
_NOT_OURS_TOO = {"HOST", "PORT", "WEB_CONCURRENCY", "PYTHONPATH", "VIRTUAL_ENV"}


class Process:
    """A command and everything it starts, while the `with` block lasts."""

    def __init__(
        self, command: Sequence[str], *, env: Mapping[str, str], folder: Path, name: str
    ) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._command = command
        self._mark = uuid4().hex
        self._env = {**_environment(), **env, MARK: self._mark}
        self._folder = folder

    def __enter__(self) -> Self:
        with self.log.open("ab") as log:
            self.started_at = time.perf_counter()
            self.popen = subprocess.Popen(  # noqa: S603 - commands of our own
                self._command,
                cwd=self._folder,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._ask_to_end()
        for pid in self.pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.popen.wait(10)

    def _ask_to_end(self, patience_s: float = 6.0) -> None:
        """SIGTERM, and a moment for what it started to see that it is gone."""
        self.popen.terminate()
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            self.popen.poll()
            if not self.pids():
                return
            time.sleep(0.05)

    def pids(self) -> list[int]:
        """Every living process that carries this one's mark."""
        wanted = f"{MARK}={self._mark}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with suppress(OSError):
                    if wanted in (entry / "environ").read_bytes().split(b"\0"):
                        found.append(int(entry.name))
        return found

    def cpu_s(self, pids: Sequence[int]) -> float:
        """CPU seconds of these processes and of their children that have ended."""
        return sum(_stat_cpu_s(pid) for pid in pids)

    def tail(self) -> str:
        """The end of what it has printed."""
        return self.log.read_text("utf-8", "replace")[-3000:] if self.log.exists() else ""


def resident_mb(pids: Sequence[int]) -> float:
    """Resident memory of processes in MB; what they share among each other counts twice.

    Not PSS: that would take off what a server shares with the driver, by environment.
    """
    return sum(map(_resident_kb, pids)) / 1024


def busy_s() -> float:
    """CPU seconds that the whole machine has worked since it started."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    user, nice, system, _idle, _wait, irq, softirq, steal = map(int, fields[:8])
    return (user + nice + system + irq + softirq + steal) / _TICKS


def _stat_cpu_s(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICKS  # utime, stime, cutime, cstime


def _resident_kb(pid: int) -> float:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_KB
    return 0.0


def _environment() -> dict[str, str]:
    return dict(_kept()) | {
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "ANONYMIZED_TELEMETRY": "False",
        "HAYSTACK_TELEMETRY_ENABLED": "False",
        "LANGCHAIN_TRACING_V2": "false",
        "NO_PROXY": "*",
    }


def _kept() -> Iterator[tuple[str, str]]:
    for name, value in os.environ.items():
        if not name.startswith(_NOT_OURS) and name not in _NOT_OURS_TOO:
            yield name, value


def _end_with_parent() -> None:
    """In the child: die with the run, also where that is killed outright."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
