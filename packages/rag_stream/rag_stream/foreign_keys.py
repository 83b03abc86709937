"""What of a config's `configurable` is ours, and what other programs put there for themselves.

`RunnableWithMessageHistory` keeps its `session_id` there, LangGraph its `thread_id` and
`checkpoint_ns`, applications what they like; all of it reaches every runnable below, also over
the network. That is none of our business, but a slip of the pen in a name of ours is: without a
word, a caller's choice would do nothing.
"""

import logging
import re
from collections.abc import Collection, Mapping
from typing import Any

from rag_stream.errors import InvalidInputError
from rag_stream.excerpts import named

log = logging.getLogger(__name__)

MOST_KEYS = 100
"""Of one config: each is held against ours."""
MOST_TOLD = 100
"""Keys that the log is told of; clients make up as many as they like."""
_LONGEST_SLIP = 30
_SHORT = 5
_LONG = 8
"""Letters of names in which one slip, or two, do not yet make another word."""
_INTERNAL = "__"
"""How LangChain's and LangGraph's own keys begin."""

_WORDS = re.compile(r"[A-Z]?[^\W_A-Z]+|[A-Z]+")

# What LangChain's retrievers call theirs: who sends these means the search.
_REFUSED = {"topk", "fetchk", "lambdamult", "scorethreshold", "searchkwargs"}


class ForeignKeys:
    """Tells the log of each foreign key once."""

    def __init__(self, ours: Collection[str]) -> None:
        self._ours = tuple(ours)
        self._by_letters = {_letters(name): name for name in ours}
        self._told: set[str] = set()

    def without(self, chosen: Mapping[str, Any]) -> dict[str, Any]:
        """What is ours. Raises InvalidInputError for a key that seems to be meant as one."""
        if len(chosen) > MOST_KEYS:
            raise InvalidInputError(
                f"config.configurable: expected at most {MOST_KEYS} keys, got {len(chosen)}"
            )
        foreign = [key for key in chosen if key not in self._ours]
        # All of them before any is told of: a config that is refused is not used at all.
        for key in sorted(map(str, foreign)):
            if not key.startswith(_INTERNAL):
                self._refuse_slip(key)
        for key in map(str, foreign):
            if not key.startswith(_INTERNAL):
                self._tell(key)
        return {key: value for key, value in chosen.items() if key in self._ours}

    def _refuse_slip(self, key: str) -> None:
        meant = self._meant(key)
        if meant is None:
            return
        raise InvalidInputError(
            f"config.configurable.{named(key)}: no such field, "
            f"expected one of {', '.join(self._ours)}"
            + (f" (did you mean {meant!r}?)" if meant else "")
        )

    def _meant(self, key: str) -> str | None:
        """The name that it seems to be meant as, an empty one where none of ours does it."""
        if len(key) > _LONGEST_SLIP:
            return None
        letters = _letters(key)
        if letters in self._by_letters:
            return self._by_letters[letters]
        if letters in _REFUSED:
            return ""
        for name in self._ours:
            ours = _letters(name)
            # Of a single letter any other is another word.
            most = 0 if len(ours) < _SHORT else 1 if len(ours) < _LONG else 2
            slips = _distance(letters, ours, most)
            if slips is not None and (slips < 2 or _begin_alike(key, name)):
                return name
        return None

    def _tell(self, key: str) -> None:
        name = named(key)  # kept, so it has to be short
        if name in self._told or len(self._told) >= MOST_TOLD:
            return
        self._told.add(name)
        log.warning("config.configurable.%s is none of ours and is ignored; told once", name)
        if len(self._told) == MOST_TOLD:
            log.warning("config.configurable: no further foreign keys are told")


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()


def _begin_alike(key: str, name: str) -> bool:
    """Whether the words begin with the same letters: "research_type" is nobody's "search_type"."""
    one, other = ([word[0].lower() for word in _WORDS.findall(text)] for text in (key, name))
    # Written as one word it shows only where the first begins.
    return one == other or one == other[:1]


def _distance(one: str, other: str, most: int) -> int | None:
    """Letters left out, put in or swapped with the next, where that is `most` or fewer.

    One that is changed counts as two: it is what other words differ in ("filler", "search_time").
    """
    if abs(len(one) - len(other)) > most:
        return None
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, against in enumerate(other, 1):
            changed = last[column - 1] + 2 * (letter != against)
            best = min(last[column] + 1, line[column - 1] + 1, changed)
            swapped = row > 1 and column > 1 and letter == other[column - 2] != against
            if swapped and one[row - 2] == against:
                best = min(best, before[column - 2] + 1)
            line.append(best)
        before, last = last, line
    return last[-1] if last[-1] <= most else None
