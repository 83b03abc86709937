"""Whether a text looks like one that somebody wrote: by letters, words and signs. Pure.

Bytes that are read in a wrong encoding give letters that no language has side by side: Cyrillic
ones in Latin words, capitals in the middle, fractions and frames glued to letters.
"""

import math
import re
from bisect import bisect_right
from collections import Counter
from itertools import pairwise
from unicodedata import category

_WORD = re.compile(r"[^\W\d_]+")
_STARTS, _SCRIPTS = zip(
    *((0, "latin"), (0x250, ""), (0x370, "greek"), (0x400, "cyrillic"), (0x530, "")),
    *((0x590, "hebrew"), (0x600, "arabic"), (0x780, ""), (0xE00, "thai"), (0xE80, "")),
    *((0x1E00, "latin"), (0x1F00, "greek"), (0x2000, ""), (0x3040, "east"), (0xD7B0, "")),
    *((0xF900, "east"), (0xFB00, "")),
    strict=True,
)
ALPHABETS = tuple(
    map(
        frozenset,
        (
            # What languages have beyond a to z: German, French, Spanish, Portuguese, Italian,
            *("äöüß", "àâæçéèêëîïôœùûüÿ", "áéíñóúü", "áâãàçéêíóôõúü", "àèéìíîòóù"),
            # Swedish, Danish and Norwegian, Finnish, Icelandic, Polish, Czech, Slovak,
            *("åäöéü", "æøåéö", "äöåšž", "áðéíóúýþæö", "ąćęłńóśźż", "áčďéěíňóřšťúůýž"),
            # Slovak, Hungarian, Romanian, Croatian and Slovenian, Turkish,
            *("áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîșțşţ", "čćđšž", "çğıöşüâîû\u0307"),
            # Lithuanian, Latvian, Estonian, Dutch, Catalan, Albanian.
            *("ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž", "éëïóöüèê", "àçéèíïóòúü", "çëâ"),
            # Russian and Bulgarian, Ukrainian, Belarusian, Serbian, Macedonian,
            "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
            "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
            "абвгдеёжзійклмнопрстуўфхцчшыьэюя",
            *("абвгдђежзијклљмнњопрстћуфхцчџш", "абвгдѓежзѕијклљмнњопрстќуфхцчџш"),
            # Greek, Hebrew, Arabic and Persian.
            "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋΐΰ",
            "אבגדהוזחטיכךלמםנןסעפףצץקרשת",
            "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهويىپچژگکیًٌٍَُِّْـ",
        ),
    )
)
_HIDDEN = "\u00ad\u200c\u200d\u200e\u200f\x85"
"""Control characters and the like that people do write."""
_OPENING = "\u201e\u201a\u2022\u2020\u2021\u02c6\u02dc\u2030"
"""Signs that no word ends with."""
_ODD, _STRANGE = 3.0, 2.0  # tuned on sentences in 24 languages, half of them held back


def likeness(text: str) -> float:
    """From 1, where nothing is odd about a text, down to 0."""
    return math.exp(-_ODD * _oddness(text) - _STRANGE * (1 - _known(text)))


def script_of(char: str) -> str:
    """An alphabet, roughly; empty where it is another one."""
    script: str = _SCRIPTS[bisect_right(_STARTS, ord(char)) - 1]
    return script


def _known(text: str) -> float:
    """The share of the letters beyond ASCII that the one language has which has most of them."""
    counts = Counter(char for char in text.lower() if char > "\x7f" and char.isalpha())
    total = sum(counts.values())
    others = sum(n for char, n in counts.items() if script_of(char) in ("", "east", "thai"))
    if others * 2 >= total:
        return 1.0
    return max(sum(n for char, n in counts.items() if char in known) for known in ALPHABETS) / total


def _oddness(text: str) -> float:
    """What is odd, for each character beyond ASCII."""
    high, odd = 0, 0.0
    for word in _WORD.findall(text):
        if word.isascii():
            continue
        beyond = sum(char > "\x7f" for char in word)
        high += beyond
        scripts = set(map(script_of, word))
        if len(scripts) > 1 and scripts != {"latin", "east"}:
            odd += beyond
        for left, right in pairwise(word):
            odd += left.islower() and right.isupper() and not (left + right).isascii()
    for at, char in enumerate(text):
        if char > "\x7f" and not char.isalpha():
            high += 1
            odd += _odd_sign(char, text[at - 1 : at].isalpha(), text[at + 1 : at + 2].isalpha())
    return odd / max(high, 1)


def _odd_sign(char: str, after_letter: bool, before_letter: bool) -> float:
    kind = category(char)
    if char == "\u00ad":
        return 0.0 if after_letter and before_letter else 1.0
    if kind in ("Cc", "Cf", "Cn", "Co"):
        return 0.0 if char in _HIDDEN else 2.0
    if kind[0] not in "SP" and kind not in ("No", "Lm"):
        return 0.0
    if char == "\u2019":
        return 0.0
    if after_letter and (before_letter or char in _OPENING):
        return 1.0
    if before_letter and (kind == "Pf" or char == "\u2014"):
        return 0.5
    if kind in ("So", "Sk", "Sm"):
        return 0.0 if char in "\u00a9\u00ae\u00b0\u2122" else 0.5
    if kind == "No":
        return 0.2
    is_odd = (
        char in "\u00a4\u00a6\u00b6"
        or (kind == "Pi" and after_letter and char != "\u201c")
        or (char in "\u00bf\u00a1" and not before_letter)
        or (kind == "Sc" and (after_letter or before_letter))
    )
    return 0.5 if is_odd else 0.0
