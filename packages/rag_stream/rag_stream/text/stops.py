"""Where sentences end: the marks, and whether a sentence goes on after one of them.

The one rule for all who cut text at sentences: chunks, quotes and claims.
"""

import re

from rag_stream.text.abbreviations import OPENERS, REACH, is_abbreviation
from rag_stream.text.pauses import LETTERS, is_pause

# Marks are written as escapes: they look like others.
STOPS = ".!?\u2026\u037e\u203c\u2047\u2048\u2049"
"""Those with a blank after them: Latin, the ellipsis, the Greek question mark, double marks."""
WIDE_STOPS = (
    "\u3002\uff01\uff1f\uff61\uff0e"  # Chinese and Japanese
    "\u0964\u0965\u0df4"  # of India and Sri Lanka
    "\u061f\u06d4\u0589"  # Arabic, Urdu, Armenian
    "\u1362\u1367\u1368\u1803\u1809"  # Ethiopic, Mongolian
    "\u104b\u17d4\u17d5\u0f0d\u0f0e\u0f11"  # Burmese, Khmer, Tibetan
)
"""Those that are nothing but stops, with or without a blank after them."""
ANY_STOP = f"[{STOPS}{WIDE_STOPS}]"
_PLAIN_CLOSERS = (
    ")]\u201d\u2019\u00bb\u203a\u300d\u300f\u3009\u300b\u3011\u3015\u3017\uff09\uff3d\uff5d"
    "\u00b9\u00b2\u00b3\u2070\u2074\u2075\u2076\u2077\u2078\u2079"
)
# They open as well, then with a word behind them; German quotations end as English ones begin.
_TWINS = "\"'*_`\u201c\u2018\u00ab\u2039"
_NOTE = r"\[\^?(?:\d{1,3}|[a-z])\](?!\()"  # the number of a footnote
CLOSER = f"(?:{_NOTE}|[{re.escape(_PLAIN_CLOSERS)}]|[{_TWINS}](?![{_TWINS}]{{0,3}}+\\w))"
"""What may stand between a stop and what follows it."""
_GREEK = "[\u0370-\u03ff\u1f00-\u1fff]"
STOP = f"(?:(?<!{ANY_STOP}){ANY_STOP}++|(?<={_GREEK});){CLOSER}*+"
"""A pattern of all that ends a sentence and is not blank; linear in the length of a text."""
ENDING = f"{ANY_STOP}{CLOSER}*+"
_ENDED = re.compile(f"(?:{ANY_STOP}|(?<={_GREEK});|[{LETTERS}])(?:{CLOSER}|\\s)*+\\Z")
_END_READ = 40

_NEVER_FIRST = ",;:.!?)]}%&/=+<>|"
_NEVER_FIRST_WIDE = ",;:.)\uff0c\u3001\uff1b\uff1a\u060c\u061b\uff09\u300d\u300f"
_NEXT_WORD = 40
_SAID = "\u3068\u3063\u306a\u306e\u3092\u304c\u306f\u306b\u3082\u3067\u3084\u3060\u3078\u304b"
# What a quotation of Japanese is part of goes on with a particle, unless a word begins so.
_GOES_ON_AFTER_QUOTATION = re.compile(f"[{_SAID}]")
_BEGINS_JAPANESE = re.compile(
    "\u3068(?:\u3053\u308d|\u3066\u3082|\u306b\u304b\u304f|\u308a\u308f\u3051)"
    "|\u306a(?:\u306b|\u305c|\u304a|\u3093)|\u306f(?:\u3044|\u3058\u3081)"
    "|\u3067(?:\u3082|\u306f|\u304d)|\u3084(?:\u304c|\u306f)|\u3060(?:\u304b\u3089|\u304c)"
    "|\u304b(?:\u308c|\u306e|\u3064)|\u3082(?:\u3057|\u3061|\u3063|\u3046)|\u304c(?:\u3093)"
)
_QUOTED = "\u300d\u300f"


def goes_on(text: str, stop: int, following: int, start: int = 0) -> bool:
    """Whether the sentence that began at or after `start` goes on after its stop.

    `stop`: the place of the first of its marks; `following`: where the next word begins. Where
    that may be cut, as at the end of a text that still grows, it goes on.
    """
    if text[stop].isspace():
        return not is_pause(text, stop, following, start)
    if stop > start and text[stop - 1] in OPENERS and _is_opened(text, stop - 1):
        return True  # a mark that is spoken of
    head = text[following]
    if is_wide(text, stop):
        if text[stop] == "\uff0e" and head.isdigit() and text[stop - 1 : stop].isdigit():
            return True
        return head in _NEVER_FIRST_WIDE or _is_said(text, following)
    if head.islower() or head in _NEVER_FIRST:
        return True
    if text[stop] != "." or text[stop + 1] == ".":
        return False
    before = text[max(start, stop - REACH) : stop]
    return is_abbreviation(before, text[following : following + _NEXT_WORD], stop - start)


def is_ended(text: str) -> bool:
    """Whether a text ends like a sentence; one in Thai or Lao does so without a mark."""
    return _ENDED.search(text[-_END_READ:]) is not None


def is_wide(text: str, stop: int) -> bool:
    """Whether this stop needs no blank after it; of two marks either may tell."""
    return text[stop] in WIDE_STOPS or text[stop + 1 : stop + 2] in tuple(WIDE_STOPS)


def _is_opened(text: str, at: int) -> bool:
    return text[at] not in _TWINS or at == 0 or text[at - 1].isspace()


def _is_said(text: str, following: int) -> bool:
    """Whether what follows a quotation in Japanese says whose it is."""
    if text[following - 1] not in _QUOTED or not _GOES_ON_AFTER_QUOTATION.match(text, following):
        return False
    return _BEGINS_JAPANESE.match(text, following) is None
