"""How far a measurement is, for who waits for it."""

import sys
import time


def say(line: str) -> None:
    """Tell it, on stderr."""
    print(f"bench: {time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)
