"""What is worth telling of a run's sources and is no problem, in few lines. Pure."""

from collections.abc import Mapping

_TOLD = 50  # links


def outside(links: tuple[str, ...]) -> list[str]:
    """A line for each of some links that lead out of their folder."""
    told = [f"{link}: leads out of the folder, left out without --follow-links" for link in links]
    return _some(told, "links that lead out of their folder")


def loops(links: tuple[str, ...]) -> list[str]:
    """A line for each of some links that go in circles."""
    told = [f"{link}: leads back to a folder that it is in, read once" for link in links]
    return _some(told, "links that lead back")


def includes(by_source: Mapping[str, tuple[str, ...]]) -> str | None:
    """In one line, which files are part of others and were not read there."""
    number = sum(map(len, by_source.values()))
    if not number:
        return None
    some = [
        f"{name} includes {', '.join(names[:3])}" for name, names in list(by_source.items())[:3]
    ]
    return f"{number} includes were not followed: {'; '.join(some)}{' ...' if number > 3 else ''}"


def _some(lines: list[str], what: str) -> list[str]:
    more = len(lines) - _TOLD
    return lines if more <= 0 else [*lines[:_TOLD], f"and {more} more {what}"]
