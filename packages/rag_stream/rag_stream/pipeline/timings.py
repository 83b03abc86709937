"""How long things have taken, as a status tells it."""

import time


def ms_since(started: float) -> float:
    """Milliseconds since `started`, by `time.perf_counter`."""
    return round((time.perf_counter() - started) * 1000, 1)
