"""Who used how much of the CPU during a measurement."""

import time
from dataclasses import dataclass

from bench import process
from bench.subject import Subject, upstream_stats


@dataclass(frozen=True, slots=True)
class Shares:
    """CPU in parts of one core; 1.0 is a core at full use."""

    server: float = 0.0
    upstream: float = 0.0
    driver: float = 0.0
    others: float = 0.0
    """Everything else on the machine: what should be near zero."""
    late_ms: float = 0.0
    """By how much the stand-in model's latest token was late."""


class Meter:
    """Reads all clocks when made, and again with `shares`."""

    def __init__(self, subject: Subject, upstream_port: int) -> None:
        self._subject = subject
        self._port = upstream_port
        self._before, _ = self._read()

    def shares(self) -> Shares:
        """The use of the CPU since the meter was made."""
        clocks, late_ms = self._read()
        wall, server, upstream, driver, busy = (
            now - before for now, before in zip(clocks, self._before, strict=True)
        )
        others = max(0.0, busy - server - upstream - driver)
        return Shares(server / wall, upstream / wall, driver / wall, others / wall, late_ms)

    @property
    def server_s(self) -> float:
        """CPU seconds of the server since the meter was made."""
        return self._subject.cpu_s() - self._before[1]

    def _read(self) -> tuple[tuple[float, ...], float]:
        stats = upstream_stats(self._port)
        clocks = (
            time.perf_counter(),
            self._subject.cpu_s(),
            float(stats["cpu_s"]),
            time.process_time(),
            process.busy_s(),
        )
        return clocks, float(stats["late_ms"])
