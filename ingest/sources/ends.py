"""What is asked and told of the ends of a page; `repeats.py` looks at them. Needs no parser."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

OF_TEXT = 10
"""Characters of a mark that stand for the text alone."""


@dataclass(slots=True)
class Ends:
    """What is taken out of a page at its ends; and, if that is wanted, what is there."""

    repeats: Collection[str] = ()
    is_wanted: bool = False
    found: tuple[str, ...] | None = None
    """Marks; None where nothing was looked at, as with pages that are taken by their classes."""


def number_of(repeats: Iterable[str]) -> int:
    """How many texts these marks stand for: an element and what it lies in alone are one."""
    return len({mark[:OF_TEXT] for mark in repeats})
