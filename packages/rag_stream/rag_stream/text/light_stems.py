"""Endings, and beginnings, that words take on: of languages that the engine has no stemmer for.

What is left of a word need be no word: it is only compared. Pure.
"""
# ruff: noqa: RUF001 - letters of other alphabets are meant here

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from rag_stream.text.folding import folded


class Affixes:
    """Beginnings or ends of words; told by their lengths, the longest first."""

    def __init__(self, text: str) -> None:
        self._all = frozenset(folded(text).split())
        self._lengths = sorted(set(map(len, self._all)), reverse=True)

    def at_end(self, word: str, least: int) -> int:
        """The length of the one that a word ends with, leaving that much; 0 for none."""
        room = len(word) - least
        return next((n for n in self._lengths if n <= room and word[-n:] in self._all), 0)

    def at_begin(self, word: str, least: int) -> int:
        room = len(word) - least
        return next((n for n in self._lengths if n <= room and word[:n] in self._all), 0)


class Light(NamedTuple):
    """What is taken off words, longest first: never more than leaves `least` characters."""

    endings: Affixes
    beginnings: Affixes | None = None
    least: int = 3
    same: Mapping[int, str | None] = {}
    """Characters that are taken for others first."""


_LIGHT: Final[Mapping[str, Light]] = {
    "hi": Light(
        Affixes(
            "ा ि ी ु ू े ै ो ौ ं ां ीं ें ैं ों ियां ियों ियो ाएं ाओं ुएं ुओं ाई ाए ाया ायी ाये ता ती ते ना नी ने"
            " ाता ाती ाते ाना ाने ानी कर ाकर ेगा ेगी ेंगे ूंगा"
        ),
        least=2,
        same={0x93C: None, 0x901: "\u0902"},  # dots below; one sign over a vowel for two
    ),
    # After the published light stemmers: articles and what is written with the next word first.
    "ar": Light(
        Affixes("ها ان ات ون ين ية ه ة ي هم نا كم تها ته اتها اته اتهم تهم"),
        Affixes("ال وال فال بال كال لل ولل فلل و ف ب ل"),
        2,
    ),
    "fa": Light(
        Affixes("ها های هایی هایم هایت هایش هایشان ان ی ای تر ترین ات م ش مان شان ند یم ید"),
        Affixes("می نمی"),
    ),
    "he": Light(Affixes("ים ות ה י יה"), Affixes("ה ו ב ל מ ש כ וה וב ול שה מה בה כש"), 2),
    "uk": Light(
        Affixes(
            "а я о е и і у ю й ь ам ям ами ями ах ях ів їв ей ою ею єю ом ем єм ові еві єві ого"
            " ому ий ій їй ими им іх их іми ої ії ію ість ості ти ть ться тися ють уть ать ять"
            " ив ила или ало али ала ав є ує"
        ),
    ),
    "bg": Light(
        Affixes(
            "а я о е и у ъ ът ят та то те ят ия ият ата ято ете ите ове овете еве а ям ам ах аха"
            " ат ят ят ува уват ване ния нията ост остта ен на но ни ния ната ното ните"
        ),
    ),
    "pl": Light(
        Affixes(
            "a ą e ę i o u y ie ia ią ii iu ów om em ami ach iami iach owi owie ego emu ymi imi"
            " ych ich ym im ej iej ość ości ością ć ał ała ało ali ały ił iła iło ili iły ać ić"
            " yć ąc ąca ące any ana ane eni cie nia niu niem"
        ),
    ),
    "cs": Light(
        Affixes(
            "a á e é ě i í o u ů ú y ý ou ům em ám ím ech ách ích ami emi ími ama ého ému ých ým"
            " ými ové ovi ost osti ostí at it et al ala alo ali il ila ilo ili ní ního ním"
        ),
    ),
    "id": Light(
        Affixes("nya kan an lah kah ku mu i"),
        Affixes("di ber ter me mem men meng meny pe pem pen peng ke se"),
        4,
    ),
}
LANGUAGES = frozenset(_LIGHT)


@lru_cache(maxsize=20_000)
def light_stem(word: str, language: str) -> str:
    """What is left of a folded word in small letters; of a language that is not here all."""
    light = _LIGHT.get(language)
    if light is None:
        return word
    word = word.translate(light.same)
    word = word[: len(word) - light.endings.at_end(word, light.least)]
    if light.beginnings is None:
        return word
    return word[light.beginnings.at_begin(word, max(3, light.least)) :]
