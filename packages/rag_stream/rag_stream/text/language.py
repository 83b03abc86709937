"""Which language a text is in: by its letters, and by the words that hold its sentences together.

None where that is not clear: in code, lists of names, a few words that may be of any language,
texts of several. What is known of a document is kept with its chunks, as `language`. Pure.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from rag_stream.text.folding import folded
from rag_stream.text.function_words import languages_with
from rag_stream.text.letters import LETTERS, ONLY

LANGUAGE = "language"
"""Metadata key: the code of a document's language (ISO 639-1), where it is clear."""
_SAMPLE, _PARTS = 6_000, 6
"""Characters of a text that are looked at, and in how many pieces from all over it."""
_UNKNOWN = ""
_CLEAR, _PURE = 0.6, 0.75
"""The share of the prose, and of what is in Latin letters, that has to be in one language."""
_LEAST, _OF_ALL = 2, 0.07
"""So many words that hold sentences together, at least, and of all words in Latin letters."""
_OFTEN = 0.4
"""The share of a language's words that do that, about."""
_A_WORD = dict.fromkeys(("han", "kana"), 2) | dict.fromkeys(("thai", "lao", "burmese", "khmer"), 4)
"""How many letters are about a word, where no blanks part them."""
_KANA = 0.05
"""The share of Japanese that are no Chinese characters, at least."""
_JOINT = re.compile(r"['\u2019-]")
_ENDS = (
    "-.,;:!?\"'()[]{}*_<>\u00a1\u00ab\u00bb\u00bf\u2013\u2014\u2018\u2019\u201c\u201d\u201e\u2026"
)
# Letters that only some of the languages in Latin letters have.
_OF_WORDS: Final = {
    letter: tuple(languages.split())
    for letters, languages in (
        ("ß", "de"), ("ñ", "es"), ("ãõ", "pt"), ("őű", "hu"), ("łąężźśńć", "pl"), ("řěů", "cs"),
        ("ğı", "tr"), ("ş", "tr ro"), ("șțţă", "ro"), ("å", "sv da nb"), ("øæ", "da nb"),
        ("ä", "de sv fi"), ("ö", "de sv fi tr hu"), ("ü", "de tr hu"), ("œë", "fr"), ("è", "fr it"),
        ("ê", "fr pt"), ("ç", "fr pt tr"), ("òì", "it"), ("ơưđ", "vi"),
        ("".join(map(chr, range(0x1EA0, 0x1EFA))), "vi"),
    )
    for letter in letters
}  # fmt: skip
_HAS_SUCH = re.compile(f"[{''.join(_OF_WORDS)}]")
_FEW_MARKS = 0.1
"""So many letters of its own for each word a language has."""
# Of several languages with one script: letters and words that only some of them have, not folded.
_MARKS: Final = {
    "uk": re.compile("[іїєґ]"),
    "be": re.compile("ў"),
    "sr": re.compile("[јљњћђџ]"),
    "kk": re.compile("[әғқңөұүһ]"),
    "ru": re.compile("[ыэё]"),
    "bg": re.compile(r"(?:ът|ят)\b"),
    "ur": re.compile("[ٹڈڑےں]"),
    "fa": re.compile("[پچژگ]"),
    "ar": re.compile(r"\b[وبلكف]?ال\w{3}|ة\b"),
    "mr": re.compile("ळ|आहे|आणि|नाही"),
    "ne": re.compile("छन्|गर्न|पनि|भएको"),
}
_SHARED: Final = {
    "cyrillic": (("be", "uk", "sr", "kk"), ("ru", "uk", "bg")),
    "arabic": (("ur", "fa"), ("ar", "fa")),
    "devanagari": (("mr", "ne"), ("hi",)),
}
"""Of a script those with marks of their own, and those that are told apart by words."""


def language_in(text: str) -> str | None:
    """The code of the language that most of a text is in, None where that is not clear."""
    return _language_of(_sample(text))


# Of the sample alone: whole documents would stay in memory as long as they are among the last.
@lru_cache(maxsize=64)
def _language_of(sample: str) -> str | None:
    sample = sample.casefold()
    plain = folded(sample)
    prose = _in_latin_letters(_words(plain))
    if not sample.isascii():
        prose.update(_in_others(sample, plain))
    if not prose:
        return None
    ((most, amount),) = prose.most_common(1)
    return None if most == _UNKNOWN or amount < _CLEAR * prose.total() else most


def _sample(text: str) -> str:
    if len(text) <= _SAMPLE:
        return text
    size, step = _SAMPLE // _PARTS, len(text) // _PARTS
    return " ".join(text[at : at + size] for at in range(0, len(text) - size + 1, step))


def _words(text: str) -> list[str]:
    """Those in Latin letters. Code, addresses, names and numbers of things are of no language."""
    found = []
    for word in text.split():
        bare = word.strip(_ENDS)
        parts = [bare] if bare.isalpha() else _JOINT.split(bare)
        if all(map(str.isalpha, parts)):
            if parts[1:] and parts[-1] == "s":  # which is a word in French
                del parts[-1]
            found += [part for part in parts if LETTERS["latin"].match(part)]
    return found


def _in_latin_letters(words: Sequence[str]) -> Counter[str]:
    """About how many of the words are in which language."""
    told = [languages for word in words if (languages := languages_with(word) or _lettered(word))]
    counts: Counter[str] = Counter()
    while told:
        counted = Counter(language for languages in told for language in languages)
        best = max(counted.values())
        first = [language for language, count in counted.items() if count == best]
        # Of two that are equally likely neither.
        counts[first[0] if len(first) == 1 else _UNKNOWN] += best
        told = [languages for languages in told if first[0] not in languages]
    if not counts:
        return counts
    ((most, count),) = counts.most_common(1)
    is_clear = count >= max(_LEAST, _OF_ALL * len(words)) and count >= _PURE * counts.total()
    prose = min(len(words), round(counts.total() / _OFTEN))
    return Counter({most if is_clear else _UNKNOWN: prose})


def _lettered(word: str) -> tuple[str, ...]:
    """The languages that a word may be of by a letter that only they have."""
    mark = None if word.isascii() else _HAS_SUCH.search(word)
    return () if mark is None else _OF_WORDS[mark[0]]


def _in_others(sample: str, plain: str) -> Counter[str]:
    """The same of other alphabets; `plain` is the sample as it is compared."""
    runs = {script: LETTERS[script].findall(plain) for script in LETTERS if script != "latin"}
    letters = Counter({script: sum(map(len, found)) for script, found in runs.items() if found})
    counts: Counter[str] = Counter()
    kana = letters.pop("kana", 0)
    if both := kana + letters.pop("han", 0):
        counts["ja" if kana >= _KANA * both else "zh"] += both // _A_WORD["han"] + 1
    for script, amount in letters.items():
        language = ONLY.get(script) or _of_several(script, runs[script], sample) or _UNKNOWN
        a_word = _A_WORD.get(script)
        counts[language] += len(runs[script]) if a_word is None else amount // a_word + 1
    return counts


def _of_several(script: str, words: Sequence[str], sample: str) -> str | None:
    """Which of the languages of a script, by letters of its own and by its function words."""
    marked, told = _SHARED[script]
    hits = Counter(
        language for word in words for language in languages_with(word) if language in told
    )
    marks = Counter({language: len(_MARKS[language].findall(sample)) for language in marked})
    most = max(marked, key=lambda language: marks[language])
    if marks[most] > max(_FEW_MARKS * len(words), hits[told[0]]):
        return most
    votes = hits + Counter(
        {language: len(_MARKS[language].findall(sample)) for language in told if language in _MARKS}
    )
    best = max(told, key=lambda language: votes[language])  # of equals the greatest
    return best if votes[best] else None
