"""Which of the everyday questions a question is most like: those of its own language.

How near anything comes to a text that has nothing to do with it depends on the language that
both are in: with an English model any two German texts are alike, and a German question is
nearer to German documents than an English one. So each language has its own threshold, and
this finds it, by the letters that stand together in it. A few words that any program may have
for names ("reset password", "pip install") tell no language by that, and count as English. Pure.
"""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import cache, lru_cache

from rag_stream.calibration.everyday import everyday
from rag_stream.text.function_words import languages_with
from rag_stream.text.language import language_in

_READ = 200
"""Characters of a question that are looked at."""
_UNSEEN = 0.2
"""What a group of letters counts that a language's questions do not have."""
_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = "en"
_FEW = 4
"""So many words without anything of another language are English."""
_CERTAIN = 2
"""So many function words of another language, and none of English, are not English."""
_MARGIN = 0.15
"""More words are not where another one is likelier by that, for each group of letters."""
_LIKELIER = 6.0
"""By so much in the logarithm, all groups of letters together."""
_BOTH = frozenset(
    _WORD.findall(
        "ai bin co con de den der die dig du era est fin hat hem her ja la les"
        " man me men mine mot non over pas per plus pour se sera sin sit son sous sur te ten till"
        " ton top tot tu und under us van var vet vi war we"
    )
)
"""Function words of other languages that English texts or programs have in another sense."""


@lru_cache(maxsize=64)  # retrieving and judging ask of the same question
def language_of(question: str) -> str:
    """The code of the language whose everyday questions are written most like this one.

    What `text.language` says of it, where that is one of them. Of a language that has none: that
    of the nearest, or of English, where nothing is like it.
    """
    text = question[:_READ]
    if (clear := language_in(text)) in everyday():
        return str(clear)
    groups, words = _groups(text), _words(text)
    likeness = _likeness(groups)
    if all(map(str.isascii, words)):
        spoken = _spoken(set(_WORD.findall(text.casefold())))
        least = math.inf if len(words) <= _FEW else likeness[_ENGLISH] + _MARGIN * len(groups)
        likeness = {
            language: value
            for language, value in likeness.items()
            if language == _ENGLISH or language in spoken or value > least
        }
        is_certain = any(spoken[language] >= _CERTAIN for language in likeness)
        if is_certain and not _has_english(words):
            del likeness[_ENGLISH]
    return max(likeness, key=lambda language: (likeness[language], language == _ENGLISH))


def is_likelier_than_english(words: str, language: str) -> bool:
    """Whether a few words, which tell no language, are clearly written more like this one."""
    likeness = _likeness(_groups(words[:_READ]))
    return language in likeness and likeness[language] - likeness[_ENGLISH] > _LIKELIER


def _has_english(words: Collection[str]) -> bool:
    return any(_ENGLISH in languages_with(word) for word in words)


def _spoken(words: Collection[str]) -> Counter[str]:
    """The languages that words hold a sentence together in, and how many; one that is of
    English, too, or may be, tells nothing."""
    told = (languages_with(word) for word in words if len(word) > 1 and word not in _BOTH)
    return Counter(
        language for languages in told if _ENGLISH not in languages for language in languages
    )


def _likeness(groups: Collection[str]) -> dict[str, float]:
    """By language, the logarithm of how likely these groups of letters are in it."""
    unseen, more = _languages()
    likeness = {language: each * len(groups) for language, each in unseen.items()}
    for group in groups:
        for language, value in more.get(group, ()):
            likeness[language] += value
    return likeness


@cache
def _languages() -> tuple[Mapping[str, float], Mapping[str, Sequence[tuple[str, float]]]]:
    """By language, the logarithm of how often a group of letters comes that it has not.

    And for each group the languages that have it, with how much more that is. By the same number
    of letters, so that a language with more questions has no advantage.
    """
    counted = {
        language: Counter(group for question in questions for group in _groups(question))
        for language, questions in everyday().items()
    }
    least = min(counts.total() for counts in counted.values())
    kinds = len(set().union(*counted.values()))
    unseen, more = {}, defaultdict(list)
    for language, counts in counted.items():
        share = least / counts.total()
        unseen[language] = math.log(_UNSEEN / (least + _UNSEEN * kinds))
        for group, count in counts.items():
            more[group].append((language, math.log((count * share + _UNSEEN) / _UNSEEN)))
    return unseen, more


def _groups(text: str) -> list[str]:
    """Letters alone, in twos and threes, with the beginnings and ends of words; and words.

    And what script a letter is of: what has no kana is not Japanese.
    """
    groups: list[str] = []
    for word in _words(text):
        edged = f" {word} "
        groups += word
        groups += [_script(letter) for letter in word if not letter.isascii()]
        groups += [edged[at : at + 2] for at in range(len(edged) - 1)]
        groups += [edged[at : at + 3] for at in range(len(edged) - 2)]
        groups.append(edged)
    return groups


def _words(text: str) -> list[str]:
    """Letters alone, and small."""
    words = ("".join(filter(str.isalpha, word)) for word in text.casefold().split())
    return [word for word in words if word]


@cache
def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
