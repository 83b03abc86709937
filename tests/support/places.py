"""Places among callers, taken and waited for in tests."""

from app.lifecycle.limits import Limits
from app.lifecycle.places import Places
from app.lifecycle.ticket import Turn

FOREVER = 3600.0


def places(most: int, spare: int | None = None, wait_s: float = FOREVER) -> Places:
    limits = Limits(most, -(-most // 4) if spare is None else spare, 1, wait_s)
    return Places(lambda: limits)


def fill(them: Places, name: str, count: int) -> None:
    for _ in range(count):
        assert them.take(name) is None


def most_for(them: Places, name: str) -> int:
    """How many more a caller can have at once."""
    count = 0
    while them.take_now(name):
        count += 1
    return count


def waiting(them: Places, name: str, count: int = 1) -> Turn:
    turn = them.take(name, count)
    assert turn is not None
    return turn


def has_got(turn: Turn) -> bool:
    return turn.done() and turn.exception() is None
