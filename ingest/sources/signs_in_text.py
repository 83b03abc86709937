"""Whether the few signs beyond ASCII in a text stand where people write them. Pure.

Where a text has such signs alone, no letters say which language it is in: `5 €`, `25 °C`, `It's`.
"""

import re

_APART = r"(?<![^\W\d_])"
_USED = re.compile(
    r"(?<=\d)[ \xa0]?[\u20ac\xa3\xa5\xa2]|[\u20ac\xa3\xa5](?=[ \xa0]?\d)"  # money
    r"|(?<=\d)[ \xa0]?\xb0(?=[CFK]?(?:\W|$))|(?<![^\s(])\xb0[CFK]\b"  # degrees
    r"|\xa7{1,2}(?=[ \xa0]?\d)"  # paragraphs
    r"|(?<![^\s(])\xa9(?=\s)|(?<=\w)[\xae\u2122](?=\W|$)"
    r"|(?<=[A-Za-z])\u2019(?=(?:s|t|re|ve|ll|d|m)\b)|(?<=s)\u2019(?= )"  # of English
    r"|\u201c(?=\w)[^\u201c\u201d\n]*\u201d(?!\w)|\u2018(?=\w)[^\u2018\u2019\n]*\u2019(?!\w)"
    r"|(?<= )[\u2013\u2014](?= )|(?<=\d)\u2013(?=\d)|(?:(?<= )|^)[\u2022\xb7](?= )"
    r"|(?<=\d)[ \xa0]?[\xd7\xb1](?=[ \xa0]?\d)|(?<![^\s(])\xb1(?=[ \xa0]?\d)"
    r"|(?<=\d)[\xbc\xbd\xbe]|(?<!\w)[\xbc\xbd\xbe](?=\W|$)|(?<=\b[mk])[\xb2\xb3](?!\w)|(?<=[ckm]m)[\xb2\xb3](?!\w)"
    rf"|{_APART}\xb5[AFHLVWgmls]\b",
    re.M,
)
_HIGH = re.compile(r"[^\x00-\x7f]")
_BLANK = "\xa0"


def are_signs_at_their_places(text: str) -> bool:
    """Whether there are any, all of them where they belong, and letters of ASCII alone."""
    if not _HIGH.search(text.replace(_BLANK, "")):
        return False
    return not _HIGH.search(_USED.sub(_without_signs, text).replace(_BLANK, ""))


def _without_signs(used: re.Match[str]) -> str:
    """What is between quotation marks; of other signs nothing."""
    return used[0][1:-1] if used[0][0] in "\u201c\u2018" else ""
