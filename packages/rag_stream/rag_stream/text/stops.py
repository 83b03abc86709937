"""Where sentences end: the marks, and whether a sentence goes on after one of them.

The one rule for all who cut text at sentences: chunks, quotes and claims.
"""

from rag_stream.text.abbreviations import REACH, is_abbreviation

# Typographic marks are written as escapes: they look like others.
STOPS = ".!?\u2026\u0964\u061f\u06d4"
"""Those with a blank after them: Latin, the ellipsis, danda, Arabic question mark and stop."""
WIDE_STOPS = "\u3002\uff01\uff1f\uff61"
"""Those of scripts without blanks."""
CLOSERS = "\"')]*_`\u201d\u2019\u00bb\u300d\u300f\uff09"
"""What may stand between a stop and the blank after it."""
_NEVER_FIRST = ",;:.!?)]}%&/=+<>|"
_NEXT_WORD = 40


def goes_on(text: str, stop: int, following: int, start: int = 0) -> bool:
    """Whether the sentence that began at or after `start` goes on after its stop.

    `stop`: the place of the first of its marks; `following`: where the next word begins.
    """
    if text[stop] in WIDE_STOPS:
        return False
    head = text[following]
    if head.islower() or head in _NEVER_FIRST:
        return True
    if text[stop] != "." or text[stop + 1] == ".":
        return False
    before = text[max(start, stop - REACH) : stop]
    return is_abbreviation(before, text[following : following + _NEXT_WORD])
