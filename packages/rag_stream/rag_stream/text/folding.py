"""What is the same word however it was typed: the one rule for all who compare texts. Pure.

Soft hyphens, characters without width, marks of their own instead of accented letters, wide
and narrow letters, Arabic vowel signs and lengthenings, digits of other scripts: what a
reader does not see as a difference is none. Nor is whether Chinese is written in traditional
characters or in simplified ones.
"""

import re
import unicodedata

from rag_stream.text.han import SIMPLIFIED

# Shows nothing, or only how a word is spoken. Marks of Indian scripts are letters: they stay.
_NOTHING = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0100-\U000e01ef"
    "\u0640\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"  # Arabic
    "\u08d3-\u08e1\u08e3-\u08ff"
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"  # Hebrew
)
_IS_NOTHING = re.compile(f"[{_NOTHING}]+")
# Written one way or the other by the same people.
_LETTERS = {
    "\u0622": "\u0627", "\u0623": "\u0627", "\u0625": "\u0627", "\u0671": "\u0627",  # alef
    "\u0649": "\u064a", "\u06cc": "\u064a", "\u06a9": "\u0643", "\u0629": "\u0647",
    "\u0451": "\u0435", "\u0401": "\u0415",  # Russian yo
    "\u0130": "i",  # Turkish; of it in small letters there are two
}  # fmt: skip
# The zeros of the scripts that have digits of their own.
_ZEROS = (
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50,
    0xED0, 0xF20, 0x1040, 0x17E0, 0x1810,
)  # fmt: skip
_DIGITS = {chr(zero + n): str(n) for zero in _ZEROS for n in range(10)}
_SAME = str.maketrans(SIMPLIFIED | _LETTERS | _DIGITS)
_HAS_ANOTHER = re.compile(f"[{''.join(map(chr, _SAME))}]")
# A character and what joins it to one: accents, voicing marks, the rest of a Korean syllable.
_JOINED = f"{_NOTHING}\u0300-\u036f\u0483-\u0487\u3099\u309a\uff9e\uff9f\u1160-\u11ff"
_CLUSTER = re.compile(f".[{_JOINED}]*", re.DOTALL)


def folded(text: str) -> str:
    """The text as it is compared; its length may change."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", _IS_NOTHING.sub("", text))
    return text.translate(_SAME) if _HAS_ANOTHER.search(text) else text


def folded_with_places(text: str) -> tuple[str, list[int]]:
    """The same, and where in `text` each of its characters comes from."""
    if text.isascii():
        return text, list(range(len(text)))
    pieces, places = [], []
    for cluster in _CLUSTER.finditer(text):
        piece = folded(cluster[0])
        pieces.append(piece)
        places += [cluster.start()] * len(piece)
    return "".join(pieces), places
