"""The language that an answer is in: that of the question, or the one that is configured."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from rag_stream.calibration.language import is_likelier_than_english, language_of
from rag_stream.text.folding import folded
from rag_stream.text.function_words import languages_with
from rag_stream.text.language import language_in
from rag_stream.text.own_words import in_language
from rag_stream.text.traditional import is_traditional

AUTO: Final = "auto"
_READ = 400
_ENGLISH = "en"
_WORD = re.compile(r"[^\W\d_]+")
_UKRAINIAN = re.compile("[\u0454\u0456\u0457\u0491]", re.IGNORECASE)
_URDU = re.compile("[\u0679\u0688\u0691\u06ba\u06d2]")
# The languages that a question in these letters may be in; of others it is not known.
_OF_SCRIPTS: Final[Mapping[str, tuple[str, ...]]] = {
    "CJK": ("zh", "ja"), "HIRAGANA": ("ja",), "KATAKANA": ("ja",), "HANGUL": ("ko",),
    "ARABIC": ("ar", "fa"), "HEBREW": ("he",), "DEVANAGARI": ("hi",),
    "THAI": ("th",), "GREEK": ("el",),
}  # fmt: skip
_IN_LETTERS_OF_THEIR_OWN: Final = frozenset(
    ("bg", "ru", "uk", *(language for several in _OF_SCRIPTS.values() for language in several))
)
# What holds Chinese together and is not written in Japanese, or not without kana.
_CHINESE: Final = re.compile("[什么麼吗嗎呢哪怎你您們们的了是在多几幾这這与]")
# How many Latin letters of names one of a script outweighs.
_WEIGHT: Final[Mapping[str, int]] = {"CJK": 6, "HANGUL": 4}
_NAMES: Final[Mapping[str, str]] = {
    "en": "English", "zh": "Chinese", "zh-Hant": "Chinese in traditional characters",
    "ja": "Japanese", "ko": "Korean", "es": "Spanish", "fr": "French", "de": "German",
    "pt": "Portuguese", "it": "Italian", "nl": "Dutch", "sv": "Swedish", "da": "Danish",
    "nb": "Norwegian", "fi": "Finnish", "pl": "Polish", "cs": "Czech", "ro": "Romanian",
    "hu": "Hungarian", "ru": "Russian", "uk": "Ukrainian", "el": "Greek", "tr": "Turkish",
    "ar": "Arabic", "fa": "Persian", "he": "Hebrew", "hi": "Hindi", "th": "Thai",
    "vi": "Vietnamese", "id": "Indonesian",
}  # fmt: skip


def reply_language(question: str, configured: str, of_documents: Iterable[str | None] = ()) -> str:
    """The code of the language to answer in; of English where the question's is not known.

    `of_documents`: the languages of what was found, as far as they are known. A few words that
    tell none are in that of the documents, where all are in one and the words are written like it.
    """
    if configured != AUTO:
        return configured
    text = question[:_READ]
    theirs = _only(of_documents)
    clear = language_in(text)
    if clear == "zh":
        if theirs == "ja" and _CHINESE.search(text) is None:
            return "ja"
        return "zh-Hant" if is_traditional(text) else "zh"
    if clear in _NAMES:
        return str(clear)
    words = _WORD.findall(text)
    script = _script(words)
    if script is None or script == "LATIN":
        guess = _in_latin_letters(words, language_of(text))
        if theirs is not None and clear is None and _may_be_in(text, words, theirs, guess):
            return theirs
        return guess
    found = language_of(text)
    languages = _OF_SCRIPTS.get(script, ())
    if script == "CYRILLIC":
        return "uk" if _UKRAINIAN.search(text) is not None else "ru"
    if not languages or (script == "ARABIC" and _URDU.search(text) is not None):
        return _ENGLISH
    if found not in languages:  # it was told by names in other letters
        found = languages[0]
    return "zh-Hant" if found == "zh" and is_traditional(text) else found


def _only(languages: Iterable[str | None]) -> str | None:
    """The one language of all whose language is known; None where there are several, or none."""
    known = {language for language in languages if language}
    return known.pop() if len(known) == 1 else None


def _may_be_in(text: str, words: list[str], theirs: str, guess: str) -> bool:
    """Whether a few words in Latin letters, which tell no language, may be in the documents'."""
    if theirs not in _NAMES or theirs in _IN_LETTERS_OF_THEIR_OWN:
        return False
    joining = [languages_with(folded(word).casefold()) for word in set(words)]
    own = sum(theirs in languages for languages in joining)
    english = sum(_ENGLISH in each and theirs not in each for each in joining)
    if own > english:
        return True
    return not english and (guess != _ENGLISH or is_likelier_than_english(text, theirs))


def said_of(configured: str) -> str:
    """The configured language as a prompt names it."""
    if configured == AUTO:
        return "the language of the question"
    known = in_language(_NAMES, configured)
    is_english = configured.lower().partition("-")[0] == _ENGLISH
    if known == _NAMES[_ENGLISH] and not is_english:
        return f"the language with the code {configured}"
    return known


def _in_latin_letters(words: list[str], found: str) -> str:
    """The likeliest by its letters where the words that hold sentences together are its own."""
    counts = Counter(
        language for word in set(words) for language in languages_with(folded(word).casefold())
    )
    best = max(counts.values(), default=0)
    if best == 0:
        return _ENGLISH
    if counts[found] == best or (found == _ENGLISH and 0 < counts[found] >= best - 1):
        return found
    first = [language for language, count in counts.items() if count == best]
    return first[0] if len(first) == 1 else _ENGLISH


def _script(words: list[str]) -> str | None:
    """What most letters are of, those of names in Latin letters counting less.

    Where Latin ones hold the sentence together, what is in others is a name.
    """
    counts = Counter(
        unicodedata.name(letter, "").partition(" ")[0] for word in words for letter in word
    )
    if not counts:
        return None
    latin = counts.pop("LATIN", 0)
    joining = {word for word in words if _ENGLISH in languages_with(word.casefold())}
    if not counts or len(joining) > 1:
        return "LATIN"
    kana = counts["HIRAGANA"] + counts["KATAKANA"]
    if kana and kana + counts["CJK"] >= max(counts.values()):
        return "HIRAGANA"
    script = max(counts, key=lambda script: counts[script])
    return script if _WEIGHT.get(script, 2) * counts[script] >= latin else "LATIN"
