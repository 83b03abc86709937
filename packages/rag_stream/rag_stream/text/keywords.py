"""The words of a text that carry meaning."""

import re

from rag_stream.text.scripts import UNSPACED, pairs

WORD = re.compile(r"[^\W_]+")
_COMMON = (
    "a about according after all also am an and any are as at be been being but by can could"
    " did do does doing for from had has have he her his how i if in into is it its many may"
    " me might more most much my no not of on or our shall she should so some such than that"
    " the their them then there these they this those to us was we were what when where which"
    " while who whom whose why will with would you your"
)
_STOPWORDS = frozenset(_COMMON.split())
_SUFFIXES = (
    ("ations", "at"), ("ation", "at"), ("ingly", ""), ("ings", ""), ("ing", ""), ("edly", ""),
    ("ies", "y"), ("ied", "y"), ("sses", "ss"), ("ed", ""), ("es", ""), ("ly", ""), ("s", ""),
)  # fmt: skip


def terms(text: str, unspaced: re.Pattern[str] = UNSPACED) -> frozenset[str]:
    """The words of `text` that carry meaning, without their English endings.

    Of scripts without blanks between words, which `unspaced` finds the runs of: every two
    characters that stand together.
    """
    runs = [] if text.isascii() else unspaced.findall(text)
    if runs:
        text = unspaced.sub(" ", text)
    words = [word.casefold() for word in WORD.findall(text)]
    found = {_stem(word) for word in words if word not in _STOPWORDS}
    for run in runs:
        found.update(pairs(run) or [run])
    return frozenset(found)


def _stem(word: str) -> str:
    for suffix, instead in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) > 2 and not word.endswith("ss"):
            word = word[: -len(suffix)] + instead
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word[-1] == "e" else word
