"""The stem of a word in its language: one for all its forms.

By Snowball's rules where the engine of the index by words has them, else by `light_stems`.
Accents are looked at and then left out. Which language a word is taken to be of depends on its
letters first: a Russian word in an English text is a Russian one.
"""

from collections.abc import Sequence
from functools import cache
from typing import Final

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from rag_stream.text.letters import OF_LANGUAGE, USUAL, script_of
from rag_stream.text.light_stems import LANGUAGES, light_stem

SNOWBALL: Final = {
    "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "fi": "finnish", "fr": "french", "hu": "hungarian", "it": "italian", "nb": "norwegian",
    "nl": "dutch", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish",
    "ta": "tamil", "tr": "turkish",
}  # fmt: skip
_TONED = "vi"
"""Its words do not change, and another accent makes another word."""
STEMMED = frozenset({*SNOWBALL, *LANGUAGES, _TONED})
"""The languages whose words have stems here."""
COMPOUNDING = frozenset({"de", "nl", "sv", "da", "nb", "fi", "hu"})
"""The languages that write several words as one."""
_TURKISH = str.maketrans({"I": "\u0131", "\u0130": "i"})


def stems(words: Sequence[str], language: str) -> list[str]:
    """The stem of each word in that language, without accents; words are folded.

    None of them is longer than a name, or has a blank in it.
    """
    if not words:
        return []
    if language == _TONED:
        return [word.lower() for word in words]
    text = " ".join(words)
    if language in LANGUAGES:
        text = " ".join(light_stem(word, language) for word in text.lower().split(" "))
    elif language == "tr":
        text = text.translate(_TURKISH)
    return _analyzer(SNOWBALL.get(language, "")).analyze(text)


def own_language(word: str, language: str | None) -> str | None:
    """The language of a word amid a text in that language, by its letters; None: any of Latin."""
    script = "latin" if word[0].isascii() else script_of(word[0]) or "latin"
    if language is not None and OF_LANGUAGE.get(language, "latin") == script:
        return language
    return USUAL.get(script)


@cache
def _analyzer(stemmer: str) -> TextAnalyzer:
    """Words with blanks between to their stems, one for each."""
    builder = TextAnalyzerBuilder(Tokenizer.whitespace()).filter(Filter.lowercase())
    if stemmer == "english":  # which has no accents: who writes them borrows the word
        builder = builder.filter(Filter.ascii_fold())
    if stemmer:
        builder = builder.filter(Filter.stemmer(stemmer))
    return builder.filter(Filter.ascii_fold()).build()
