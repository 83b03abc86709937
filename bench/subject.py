"""A server that is running and being measured."""

import asyncio
import http.client
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from bench import process
from bench.call import Address, Call, request
from bench.catalog import Kind
from bench.pace import Pace
from bench.process import Process
from bench.reading import Reading, read
from bench.wires import Wire

START_LIMIT_S = 120.0
_POLL_S = 0.01
_QUESTIONS = count(1)


class SubjectError(Exception):
    """A server that does not start, or does not do its job."""


class Subject:
    """One server: its address, its processes, and the way to ask it."""

    def __init__(self, kind: Kind, own: Process, port: int, cold_start_s: float) -> None:
        self.kind = kind
        self.address: Address = ("127.0.0.1", port)
        self.cold_start_s = cold_start_s
        self._process = own
        self._pids = own.pids()

    def ask(self, pace: Pace, path: str | None = None) -> Call:
        """A call that has yet to be followed. No question is asked twice: caches do not count."""
        question = f"What is task decomposition? (number {next(_QUESTIONS)}, {pace.spell()})"
        sent = request("POST", path or self.kind.path, self.kind.body(question))
        return Call(sent, self.kind.marker)

    def read(self, call: Call, pace: Pace, wire: Callable[[], Wire] | None = None) -> Reading:
        """What the call brought."""
        return read(call, wire or self.kind.wire, pace.tokens)

    def first_s(self, pace: Pace) -> float:
        """The soonest that a first token can be there."""
        return (pace.first_ms + (pace.embedding_ms if self.kind.embeds else 0)) / 1000

    def cpu_s(self) -> float:
        """CPU seconds of the server and all that it started."""
        return self._process.cpu_s(self._pids)

    def memory_mb(self) -> float:
        """Resident memory of the server and all that it started."""
        self._pids = self._process.pids()
        return process.resident_mb(self._pids)

    async def settle(self, limit_s: float = 20.0) -> None:
        """Wait until it no longer works, as some do for readers who have gone."""
        deadline = time.monotonic() + limit_s
        before = self.cpu_s()
        while time.monotonic() < deadline:
            await asyncio.sleep(0.3)
            now = self.cpu_s()
            if now - before < 0.03:
                return
            before = now


def fill(kind: Kind, python: Path, env: dict[str, str], folder: Path) -> None:
    """Let the server's own program put the notes into its index. Raises SubjectError."""
    if kind.fill is None:
        return
    with Process(
        _filled_in(kind.fill, python, env),
        env=_env(kind, env),
        folder=folder,
        name=f"{kind.name}-fill",
    ) as filling:
        if filling.popen.wait(START_LIMIT_S) != 0:
            raise SubjectError(f"{kind.label} cannot be filled:\n{filling.tail()}")


@contextmanager
def running(
    kind: Kind, python: Path, env: dict[str, str], folder: Path, port: int
) -> Iterator[Subject]:
    """Start the server and end it, with everything it started. Raises SubjectError."""
    command = _filled_in(kind.serve, python, env)
    with Process(
        command, env={**_env(kind, env), "PORT": str(port)}, folder=folder, name=kind.name
    ) as own:
        _await_ready(own, kind, port)
        yield Subject(kind, own, port, time.perf_counter() - own.started_at)


def fetch(port: int, path: str, limit_s: float = 5.0) -> tuple[int, bytes]:
    """Status and body of a GET; status 0 where nobody answers."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=limit_s)
    try:
        link.request("GET", path)
        response = link.getresponse()
        return response.status, response.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        link.close()


def upstream_stats(port: int) -> dict[str, Any]:
    """What the stand-in model has counted."""
    stats: dict[str, Any] = json.loads(fetch(port, "/stats")[1])
    return stats


def _await_ready(own: Process, kind: Kind, port: int) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline and own.popen.poll() is None:
        if fetch(port, kind.ready)[0] == 200:
            return
        time.sleep(_POLL_S)
    raise SubjectError(f"{kind.label} does not start:\n{own.tail()}")


def _filled_in(command: tuple[str, ...], python: Path, env: dict[str, str]) -> list[str]:
    values = {"python": str(python), "notes": env["BENCH_NOTES"]}
    return [part.format(**values) for part in command]


def _env(kind: Kind, env: dict[str, str]) -> dict[str, str]:
    store = env["BENCH_STORE"]
    return {**env, **{name: value.format(store=store) for name, value in kind.env.items()}}
