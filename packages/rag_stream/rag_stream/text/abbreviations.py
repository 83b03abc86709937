"""Whether a full stop belongs to an abbreviation rather than to the end of a sentence."""

import re
from collections.abc import Sequence

from rag_stream.text.abbreviation_words import (
    BEFORE_ORDINAL,
    DATED,
    LISTED,
    NEVER_LAST,
    NUMBERED,
    OPEN_ENDED,
    ORDINALS,
    OTHER_TITLES,
    TITLES,
)
from rag_stream.text.starters import OTHERS, PARTICLES, STARTERS

_LETTER = r"[^\W\d_]"
_DOTTED = re.compile(rf"(?:{_LETTER}\.)*{_LETTER}$")
# The last words before a full stop, in as far as they may be one abbreviation: "z. B".
_LAST = re.compile(
    r"(?:[^\W_][\w\u0900-\u0df4-]*\.[ \u00a0\u202f]?){0,3}-?[^\W_][\w\u0900-\u0df4\xba\xaa-]*\Z"
)
_WORD = re.compile(r"[^\W_](?:[\w\u0900-\u0df4]|[.-](?=\w))*")
_NUMBER = re.compile(r"(?:\b([^\W\d_]+)[ \u00a0])?\b(?:\d{1,3}|[IVXLC]+)\Z")
# Of a heading, a table, a list: "B.2.1." and nothing more.
_NUMBERING = re.compile(r"(?:[A-Z]|\d{1,3})(?:\.\d{1,3}){0,4}\Z")
_YEAR = re.compile(r"(?:\d|\b[IVXLC\u0425]+)[ \u00a0\u202f]*\Z")
# Thai and Lao have full stops in abbreviations only.
_NO_STOPS = re.compile("[\u0e01-\u0ede]")
# Marks are written as escapes: they look like others.
OPENERS = (
    "\"'([*_`\u201c\u201e\u201a\u2018\u00ab\u2039\u00bb\u00bf\u00a1"
    "\u300c\u300e\u3008\u300a\u3010\uff08"
)
"""What may stand before the first word of a sentence."""
REACH = 24
"""Characters before a full stop that are looked at, at most."""
_BEGINS = 32
"""Characters of a sentence that has hardly begun: it cannot end yet."""

_STARTERS = STARTERS | OTHERS
_NOT_IN_NAMES = STARTERS | (OTHERS - PARTICLES)
_ALL = NEVER_LAST | NUMBERED | OPEN_ENDED | LISTED
_BEGUN = frozenset(
    word[: at + 1] for word in _ALL for at, letter in enumerate(word) if letter == "."
)
"""The beginnings of those with more than one full stop."""


def is_abbreviation(before: str, rest: str, so_far: int = 2 * REACH) -> bool:
    """Whether the word that `before` ends with is one, a full stop and `rest` following.

    `so_far`: how long the sentence is up to the full stop. Where `rest` ends within a word that
    would tell, it is one.
    """
    found = _LAST.search(before)
    if found is None:
        return False
    if _NO_STOPS.match(before[-1]):
        return True
    *_, word = found[0].split()
    if so_far == len(word) and _NUMBERING.match(word):
        return True
    if word in TITLES or word in OTHER_TITLES or (word.isupper() and word.capitalize() in TITLES):
        return True
    joined = "".join(found[0].split()).lower()
    tails = [joined, *(joined[at + 1 :] for at, sign in enumerate(joined) if sign == ".")]
    if not LISTED.isdisjoint(tails):
        return False
    if not NEVER_LAST.isdisjoint(tails) or _is_begun(tails, rest):
        return True
    if rest[0].isdigit() and not NUMBERED.isdisjoint(tails):
        return True
    if tails[-1] in DATED:
        return _is_dated(before[: -len(word)], rest, so_far)
    if _is_ordinal(before, rest):
        return True
    if not OPEN_ENDED.isdisjoint(tails):
        return not _begins_sentence(rest, _STARTERS)
    if _DOTTED.match(word) and (len(word) > 1 or word.isupper()):
        return not _begins_sentence(rest, _NOT_IN_NAMES)
    return False


def _is_begun(tails: Sequence[str], rest: str) -> bool:
    """Whether the next word goes on with an abbreviation of several."""
    if not any(f"{tail}." in _BEGUN for tail in tails):
        return False
    word, is_whole = _next(rest)
    together = [f"{tail}.{word.lower()}" for tail in tails]
    if any(one in _ALL or f"{one}." in _BEGUN for one in together):
        return True
    return not is_whole and any(known.startswith(tuple(together)) for known in _ALL)


def _is_dated(before: str, rest: str, so_far: int) -> bool:
    """Whether a year or a century is what a sentence begins with; a town follows without one."""
    is_number = _YEAR.search(before) is not None
    return not is_number or (so_far <= _BEGINS and not _begins_sentence(rest, _STARTERS))


def _is_ordinal(before: str, rest: str) -> bool:
    number = _NUMBER.search(before)
    if number is None:
        return False
    word, is_whole = _next(rest)
    if word in ORDINALS:
        return True
    if not is_whole and any(known.startswith(word) for known in ORDINALS):
        return True
    return number[1] in BEFORE_ORDINAL and not _begins_sentence(rest, _STARTERS)


def _next(rest: str) -> tuple[str, bool]:
    """The next word, and whether it is whole."""
    word = _WORD.match(rest)
    return ("", True) if word is None else (word[0], word.end() < len(rest))


def _begins_sentence(rest: str, starters: frozenset[str]) -> bool:
    """Whether the next word does; one that may not be whole ("An" of "Analysis") does not."""
    word, *after = re.split(r"\W", rest.lstrip(OPENERS), maxsplit=1)
    if not after or (len(word) == 1 and rest.lstrip(OPENERS)[1] == "."):
        return False
    return word.lower() in starters
