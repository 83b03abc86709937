"""What others wrote, cut and made harmless for messages and logs."""

import reprlib
from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from typing import Any

MOST_CHARS = 80
"""Of a name or a value in a message."""
MOST_COMPLAINTS = 5
_MOST_PARTS = 12


class _Repr(reprlib.Repr):
    """Python refuses to write long integers, wherever in a value they are."""

    def repr_int(self, x: int, level: int) -> str:
        return _number(x)


def _number(value: int) -> str:
    bits = value.bit_length()
    return f"a number of {bits} bits" if bits > 4 * MOST_CHARS else repr(value)


_repr = _Repr()
# Without bounds of its own, repr goes through all of a value, however deep and long it is.
_repr.maxlevel = 4
_repr.maxstring = _repr.maxother = _repr.maxlong = MOST_CHARS
_repr.maxlist = _repr.maxdict = _repr.maxtuple = _repr.maxset = _MOST_PARTS


def shown(value: object) -> str:
    """A value as Python writes it, cut; the time it takes does not grow with the value."""
    text = value[: MOST_CHARS + 1] if isinstance(value, str) else value
    return _cut(repr(text) if isinstance(text, str) else _repr.repr(text))


def named(name: object) -> str:
    """A name that somebody made up, as it is where it is short and printable."""
    return printable(str(name)[: MOST_CHARS + 1], MOST_CHARS)


def path_of(parts: Sequence[object]) -> str:
    """Where in a value something is: its names, joined by dots."""
    return ".".join(map(named, parts[:_MOST_PARTS]))


def sentences(complaints: Iterable[str]) -> str:
    """The first few complaints in one line."""
    first: list[str] = []
    for complaint in complaints:
        if len(first) == MOST_COMPLAINTS:
            first.append("and more")
            break
        first.append(complaint)
    return "; ".join(first)


def few_fields(value: Any, known: Collection[str]) -> Any:
    """An object with what is known of it, and of other fields no more than are complained of."""
    if not isinstance(value, dict) or len(value) <= len(known) + MOST_COMPLAINTS:
        return value
    others = (name for name in value if name not in known)
    kept = {*known, *islice(others, MOST_COMPLAINTS + 1)}
    return {name: value[name] for name in value if name in kept}


def printable(text: str, most: int) -> str:
    """At most so many characters of a text in one line that no terminal acts upon."""
    cut = text[:most]
    clean = cut if cut.isprintable() else "".join(map(_escaped, cut))
    return clean if len(text) <= most else f"{clean} ..."


def _escaped(character: str) -> str:
    return character if character.isprintable() else repr(character)[1:-1]


def _cut(text: str) -> str:
    return text if len(text) <= MOST_CHARS else f"{text[: MOST_CHARS - 3]}..."
