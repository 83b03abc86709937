"""Whether an answer has the words of the one that is wanted, in any script. Pure."""

import re
import unicodedata

_MARKER = re.compile(r"\[\d+\]")
_NO_BLANKS = (
    "CJK",
    "HIRAGANA",
    "KATAKANA",
    "THAI",
    "LAO",
    "KHMER",
    "MYANMAR",
)
"""Scripts that put no blanks between words, by the beginnings of their letters' names."""


def has_words(said: str, wanted: str) -> bool:
    """Whether all that is wanted is said, whatever is around it.

    Where words are not parted: whether it is said in one piece.
    """
    words = _words(wanted)
    told = _words(_MARKER.sub(" ", said))
    if any(_is_unparted(letter) for word in words for letter in word):
        return "".join(words) in "".join(told)
    return bool(words) and set(words) <= set(told)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    # Marks belong to the letters of Hindi and Arabic; `\w` would part words at them.
    return "".join(
        letter if letter.isalnum() or unicodedata.category(letter)[0] == "M" else " "
        for letter in plain
    ).split()


def _is_unparted(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(_NO_BLANKS)
