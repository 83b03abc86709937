"""What a short text reads as: without accents, invisible characters and foreign look-alikes."""

import re
import unicodedata

INVISIBLE = (
    "\\x00-\\x08\\x0e-\\x1b\\x7f-\\x84\\x86-\\x9f\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e0fff"
)
"""Characters that show nothing, for a class of a pattern."""
_INVISIBLE = re.compile(f"[{INVISIBLE}]+")
_NO_LETTERS = re.compile(r"[\W\d_]+")
# Letters of the three alphabets that share their shapes, and the lines that look like one.
_SHAPES = str.maketrans(
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0455\u0456\u0458"
    "\u04bb\u0501\u051b\u051d\u04cf\u03b1\u03b2\u03b5\u03b7\u03b9\u03ba\u03bc\u03bd\u03bf\u03c1"
    "\u03c4\u03c5\u03c7\u03c9\u03c3\u03c2\u0131\u0251\u0261\u0269\u1d04\u1d0f\ua731\u0280\u029f"
    "\u1d1b\u1d07\u1d0d\u1d00\u026a\u028f\u0274\u1d1c\u1d05\u0299\u2502\u2223\u01c0\u00a6\u23d0",
    "abekmhopctyxsijhdqwlabenikmvoptuxwooiagicosrltemaiynudb|||||",
)


def reads_as(text: str) -> str:
    """The text in small letters, as an eye takes it; its length may change."""
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text))
        text = _INVISIBLE.sub("", plain).casefold().translate(_SHAPES)
    else:
        text = _INVISIBLE.sub("", text)
    return text.lower()


def squashed(text: str) -> str:
    """Its letters alone."""
    return _NO_LETTERS.sub("", text)
