"""Endings, and beginnings, that words take on: of languages that the engine has no stemmer for.

What is left of a word need be no word: it is only compared. Pure.
"""
# ruff: noqa: RUF001 - letters of other alphabets are meant here

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from rag_stream.text.folding import folded


class Light(NamedTuple):
    """What is taken off words, longest first: never more than leaves `least` characters."""

    endings: Sequence[str]
    beginnings: Sequence[str] = ()
    least: int = 3
    same: Mapping[int, str | None] = {}
    """Characters that are taken for others first."""


def _sorted(text: str) -> tuple[str, ...]:
    return tuple(sorted(folded(text).split(), key=lambda part: (-len(part), part)))


_LIGHT: Final[Mapping[str, Light]] = {
    "hi": Light(
        _sorted(
            "ा ि ी ु ू े ै ो ौ ं ां ीं ें ैं ों ियां ियों ियो ाएं ाओं ुएं ुओं ाई ाए ाया ायी ाये ता ती ते ना नी ने"
            " ाता ाती ाते ाना ाने ानी कर ाकर ेगा ेगी ेंगे ूंगा"
        ),
        least=2,
        same={0x93C: None, 0x901: "\u0902"},  # dots below; one sign over a vowel for two
    ),
    # After the published light stemmers: articles and what is written with the next word first.
    "ar": Light(
        _sorted("ها ان ات ون ين ية ه ة ي هم نا كم تها ته اتها اته اتهم تهم"),
        _sorted("ال وال فال بال كال لل ولل فلل و ف ب ل"),
        2,
    ),
    "fa": Light(
        _sorted("ها های هایی هایم هایت هایش هایشان ان ی ای تر ترین ات م ش مان شان ند یم ید"),
        _sorted("می نمی"),
    ),
    "he": Light(_sorted("ים ות ה י יה"), _sorted("ה ו ב ל מ ש כ וה וב ול שה מה בה כש"), 2),
    "uk": Light(
        _sorted(
            "а я о е и і у ю й ь ам ям ами ями ах ях ів їв ей ою ею єю ом ем єм ові еві єві ого"
            " ому ий ій їй ими им іх их іми ої ії ію ість ості ти ть ться тися ють уть ать ять"
            " ив ила или ало али ала ав є ує"
        ),
    ),
    "bg": Light(
        _sorted(
            "а я о е и у ъ ът ят та то те ят ия ият ата ято ете ите ове овете еве а ям ам ах аха"
            " ат ят ят ува уват ване ния нията ост остта ен на но ни ния ната ното ните"
        ),
    ),
    "pl": Light(
        _sorted(
            "a ą e ę i o u y ie ia ią ii iu ów om em ami ach iami iach owi owie ego emu ymi imi"
            " ych ich ym im ej iej ość ości ością ć ał ała ało ali ały ił iła iło ili iły ać ić"
            " yć ąc ąca ące any ana ane eni cie nia niu niem"
        ),
    ),
    "cs": Light(
        _sorted(
            "a á e é ě i í o u ů ú y ý ou ům em ám ím ech ách ích ami emi ími ama ého ému ých ým"
            " ými ové ovi ost osti ostí at it et al ala alo ali il ila ilo ili ní ního ním"
        ),
    ),
    "id": Light(
        _sorted("nya kan an lah kah ku mu i"),
        _sorted("di ber ter me mem men meng meny pe pem pen peng ke se"),
        4,
    ),
}
LANGUAGES = frozenset(_LIGHT)


def light_stem(word: str, language: str) -> str:
    """What is left of a folded word in small letters; of a language that is not here all."""
    light = _LIGHT.get(language)
    if light is None:
        return word
    word = word.translate(light.same)
    for ending in light.endings:
        if word.endswith(ending) and len(word) - len(ending) >= light.least:
            word = word[: len(word) - len(ending)]
            break
    for beginning in light.beginnings:
        if word.startswith(beginning) and len(word) - len(beginning) >= max(3, light.least):
            return word[len(beginning) :]
    return word
