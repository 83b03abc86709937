"""The words of a text that carry meaning."""

import re

from rag_stream.text.folding import folded
from rag_stream.text.function_words import LANGUAGES, function_words
from rag_stream.text.scripts import UNSPACED, pairs

# Vowel signs of the Indian scripts are no letters to `re`, but the words are not whole without.
WORD = re.compile(r"[^\W_]+(?:[\u0900-\u0963\u0971-\u0df4]+[^\W_]*)*")
_ENGLISH = frozenset(LANGUAGES["en"].split())
_SUFFIXES = (
    ("ations", "at"), ("ation", "at"), ("ingly", ""), ("ings", ""), ("ing", ""), ("edly", ""),
    ("ies", "y"), ("ied", "y"), ("sses", "ss"), ("ed", ""), ("es", ""), ("ly", ""), ("s", ""),
)  # fmt: skip


def terms(text: str, unspaced: re.Pattern[str] = UNSPACED) -> frozenset[str]:
    """The words of `text` that carry meaning, without their English endings.

    English function words never do, those of another language where the text is in it.

    Of scripts without blanks between words, which `unspaced` finds the runs of: every two
    characters that stand together.
    """
    text = folded(text)
    runs = [] if text.isascii() else unspaced.findall(text)
    if runs:
        text = unspaced.sub(" ", text)
    words = [word.casefold() for word in WORD.findall(text)]
    common = _ENGLISH | function_words(frozenset(words))
    found = {_stem(word) for word in words if word not in common}
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
