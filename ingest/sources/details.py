"""What a document says of itself, of a length that each of its chunks can bear. Pure."""

from collections.abc import Mapping

_MOST = 1_000  # characters


def bounded(details: Mapping[str, str]) -> dict[str, str]:
    """Those that say something, each cut at the end of a word where it is too long."""
    return {name: _cut(value) for name, value in details.items() if value}


def _cut(value: str) -> str:
    if len(value) <= _MOST:
        return value
    part = value[: _MOST - 1]
    return (part.rpartition(" ")[0] or part).rstrip(" ,") + "\u2026"
