"""The words of a text that carry meaning."""

import re
from collections.abc import Sequence

from rag_stream.text.folding import folded
from rag_stream.text.function_words import LANGUAGES, of_languages, spoken
from rag_stream.text.letters import OF_LANGUAGE, USUAL
from rag_stream.text.scripts import UNSPACED, pairs
from rag_stream.text.stemming import STEMMED, own_language, stems

# Vowel signs of the Indian scripts are no letters to `re`, but the words are not whole without.
WORD = re.compile(r"[^\W_]+(?:[\u0900-\u0963\u0971-\u0df4]+[^\W_]*)*")
_ENGLISH = frozenset(LANGUAGES["en"].split())
_SUFFIXES = (
    ("ations", "at"), ("ation", "at"), ("ingly", ""), ("ings", ""), ("ing", ""), ("edly", ""),
    ("ies", "y"), ("ied", "y"), ("sses", "ss"), ("ed", ""), ("es", ""), ("ly", ""), ("s", ""),
)  # fmt: skip


def terms(text: str, unspaced: re.Pattern[str] = UNSPACED) -> frozenset[str]:
    """The words of `text` that carry meaning, without accents and English endings.

    English function words never do, those of another language where the text is in it; then a
    word's stem in that language is a term, too. In other scripts its stem is: what is written in
    the letters of one language mostly is in it.

    Of scripts without blanks between words, which `unspaced` finds the runs of: every two
    characters that stand together.
    """
    text = folded(text)
    runs = [] if text.isascii() else unspaced.findall(text)
    if runs:
        text = unspaced.sub(" ", text)
    words = [word.casefold() for word in WORD.findall(text)]
    languages = spoken(frozenset(words))
    common = _ENGLISH | of_languages(words, languages)
    telling = [word for word in words if word not in common]
    found = {_stem(word) for word in telling} if text.isascii() else _with_accents(telling)
    if "en" not in languages:
        for language in languages & STEMMED:
            if USUAL.get(OF_LANGUAGE.get(language, "")) not in languages:
                found.update(_own_stems(telling, language))
    for run in runs:
        found.update(pairs(run) or [run])
    return frozenset(found)


def _with_accents(words: Sequence[str]) -> set[str]:
    """The terms of words in any letters."""
    found, others = set[str](), dict[str, list[str]]()
    for word, plain in zip(words, stems(words, ""), strict=True):
        language = None if plain.isascii() else own_language(word, None)
        if language in STEMMED:
            others.setdefault(language, []).append(word)
        else:
            found.add(_stem(plain))
    for language, told in others.items():
        found.update(stems(told, language))
    return found


def _own_stems(words: Sequence[str], language: str) -> list[str]:
    """The stems of those words that may be of the language, by their letters."""
    return stems([word for word in words if own_language(word, language) == language], language)


def _stem(word: str) -> str:
    for suffix, instead in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) > 2 and not word.endswith("ss"):
            word = word[: -len(suffix)] + instead
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word[-1] == "e" else word
