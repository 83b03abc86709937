"""The scripts that words are written in, and what languages each may be. Pure."""

import re
from collections.abc import Mapping
from typing import Final

_RANGES: Final[Mapping[str, str]] = {
    "latin": "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff",
    "cyrillic": "\u0400-\u0481\u048a-\u052f",
    "arabic": "\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u06d5\u06fa-\u06ff\u0750-\u077f",
    "greek": "\u0370-\u03ff\u1f00-\u1fff",
    "hebrew": "\u05d0-\u05ea",
    "devanagari": "\u0900-\u0963\u0971-\u097f",
    "han": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
    "kana": "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff",
    "hangul": "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3",
    "thai": "\u0e01-\u0e4e",
    "bengali": "\u0980-\u09e3",
    "gurmukhi": "\u0a00-\u0a65\u0a70-\u0a76",
    "gujarati": "\u0a80-\u0ae3",
    "oriya": "\u0b00-\u0b63",
    "tamil": "\u0b80-\u0be5",
    "telugu": "\u0c00-\u0c63",
    "kannada": "\u0c80-\u0ce3",
    "malayalam": "\u0d00-\u0d63",
    "sinhala": "\u0d80-\u0ddf",
    "lao": "\u0e81-\u0ece",
    "burmese": "\u1000-\u103f\u1050-\u108f",
    "georgian": "\u10a0-\u10ff",
    "ethiopic": "\u1200-\u137f",
    "khmer": "\u1780-\u17d3",
    "armenian": "\u0531-\u0587",
}
LETTERS: Final = {script: re.compile(f"[{letters}]+") for script, letters in _RANGES.items()}
"""Runs of the letters of each script."""

ONLY: Final[Mapping[str, str]] = {
    "greek": "el", "hebrew": "he", "hangul": "ko", "thai": "th", "bengali": "bn",
    "gurmukhi": "pa", "gujarati": "gu", "oriya": "or", "tamil": "ta", "telugu": "te",
    "kannada": "kn", "malayalam": "ml", "sinhala": "si", "lao": "lo", "burmese": "my",
    "georgian": "ka", "ethiopic": "am", "khmer": "km", "armenian": "hy",
}  # fmt: skip
"""Scripts that are of one language, or of hardly any other."""
USUAL: Final[Mapping[str, str]] = {
    **ONLY, "cyrillic": "ru", "arabic": "ar", "devanagari": "hi", "han": "zh", "kana": "ja",
}  # fmt: skip
"""The language that a word of a script is taken to be of, where nothing tells more."""
OF_LANGUAGE: Final[Mapping[str, str]] = {
    **{language: script for script, language in USUAL.items()},
    **dict.fromkeys(("ru", "uk", "bg", "sr", "mk", "be", "kk"), "cyrillic"),
    **dict.fromkeys(("ar", "fa", "ur"), "arabic"),
    **dict.fromkeys(("hi", "mr", "ne"), "devanagari"),
}
"""The script of a language; of one that is not here Latin."""


def script_of(letter: str) -> str | None:
    """The script of a letter, None for a digit, a sign, or another script."""
    if letter.isascii():
        return "latin" if letter.isalpha() else None
    return next((script for script, letters in LETTERS.items() if letters.match(letter)), None)
