"""Which of the everyday questions a question is most like: those of its own language.

How near anything comes to a text that has nothing to do with it depends on the language that
both are in: with an English model any two German texts are alike, and a German question is
nearer to German documents than an English one. So each language has its own threshold, and
this finds it, by the letters that stand together in it. Pure.
"""

import math
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import cache

from rag_stream.calibration.everyday import everyday

_READ = 200
"""Characters of a question that are looked at."""
_UNSEEN = 0.2
"""What a group of letters counts that a language's questions do not have."""


def language_of(question: str) -> str:
    """The code of the language whose everyday questions are written most like this one.

    Of a language that has none: that of the nearest, or of English, where nothing is like it.
    """
    groups = _groups(question[:_READ])
    likeness = {
        language: sum(known.get(group, unseen) for group in groups)
        for language, (known, unseen) in _languages().items()
    }
    return max(likeness, key=lambda language: (likeness[language], language == "en"))


@cache
def _languages() -> Mapping[str, tuple[Mapping[str, float], float]]:
    """By language: the logarithm of how often each group of letters comes, and of one unseen.

    By the same number of letters, so that a language with more questions has no advantage.
    """
    counted = {
        language: Counter(group for question in questions for group in _groups(question))
        for language, questions in everyday().items()
    }
    least = min(counts.total() for counts in counted.values())
    kinds = len(set().union(*counted.values()))
    found = {}
    for language, counts in counted.items():
        share = least / counts.total()
        everything = least + _UNSEEN * kinds
        known = {
            group: math.log((count * share + _UNSEEN) / everything)
            for group, count in counts.items()
        }
        found[language] = (known, math.log(_UNSEEN / everything))
    return found


def _groups(text: str) -> list[str]:
    """Letters alone, in twos and threes, with the beginnings and ends of words; and words.

    And what script a letter is of: what has no kana is not Japanese.
    """
    words = ["".join(filter(str.isalpha, word)) for word in text.casefold().split()]
    groups: list[str] = []
    for word in filter(None, words):
        edged = f" {word} "
        groups += word
        groups += [_script(letter) for letter in word if not letter.isascii()]
        groups += [edged[at : at + 2] for at in range(len(edged) - 1)]
        groups += [edged[at : at + 3] for at in range(len(edged) - 2)]
        groups.append(edged)
    return groups


@cache
def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
