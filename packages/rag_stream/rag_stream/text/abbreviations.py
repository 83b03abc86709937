"""Whether a full stop belongs to an abbreviation rather than to the end of a sentence."""

import re

# Words that begin a sentence, or come before the rest of one; never its end.
_STARTING = (
    "the a an it its in on at he she they we i you his her their our my this that these"
    " those there here but and or if when while as for to from by with after before since"
    " although however who what where why how each all some many most no not so then thus"
    " one during under"
)
STARTERS = frozenset(_STARTING.split())


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TITLES = _words(
    "Dr Mr Mrs Ms Prof St Mt Ft Gen Col Sgt Lt Capt Cmdr Adm Maj Gov Sen Rep Pres Rev Hon Fr"
    " Messrs Mme"
)
# Sentences do not end in these; "v" as in "Roe v. Wade".
_LATIN = _words("e.g i.e eg ie cf viz v vs resp approx ca incl")
_NUMBERED = _words("no nos nr fig figs eq eqs sec ch chap vol vols p pp art ex ver")
# After these a full stop may or may not end the sentence; the next word decides.
_OPEN_ENDED = _words(
    "al inc ltd co corp jr sr bros dept est univ ph.d tech jan feb mar apr jun jul aug sep sept"
    " oct nov dec"
)
_DOTTED = re.compile(r"(?:[A-Za-z]\.)*[A-Za-z]$")
# Marks are written as escapes: they look like others.
OPENERS = "\"'([*_`\u201c\u2018\u00ab\u00bf\u00a1\u300c\u300e\uff08"
"""What may stand before the first word of a sentence."""
REACH = 24
"""Characters before a full stop that are looked at, at most."""


def is_abbreviation(before: str, rest: str) -> bool:
    """Whether the word that `before` ends with is one, a full stop and `rest` following."""
    words = before.split()
    if not words or before[-1].isspace():
        return False
    word = words[-1].lstrip(OPENERS)
    lower = word.lower()
    if word in _TITLES or lower in _LATIN or (word.isupper() and word.capitalize() in _TITLES):
        return True
    if lower in _NUMBERED:
        return rest[0].isdigit()
    if lower in _OPEN_ENDED or (_DOTTED.match(word) and (len(word) > 1 or word.isupper())):
        word, *after = re.split(r"\W", rest.lstrip(OPENERS), maxsplit=1)
        # At the end of a text that still grows the word may not be whole: "An" of "Analysis".
        return not after or word.lower() not in STARTERS
    return False
