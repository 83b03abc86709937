"""UTF-16 and UTF-32 without a mark: told by what they would say. Pure."""

import codecs
from collections import Counter
from unicodedata import category

from ingest.sources.alphabets import script_of

_NAMES = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_SAMPLE_BYTES = 20_000  # a multiple of four
_MOST_ODD = 0.01
_LEAST_OF_ONE_SCRIPT = 0.6
_PRINTED = bytes([*b"\t\n\r\f\x1b", *range(32, 127)])
_LEAST_ZEROS = 0.45
"""Of plain ASCII text in two bytes each; a few among other text are damage."""


def wide(body: bytes) -> str | None:
    """The encoding of bytes with zeros among them; None where they are no text."""
    if len(body) % 2:
        return None
    sample = body[:_SAMPLE_BYTES]
    zeros = sample.count(0)
    if zeros < _LEAST_ZEROS * len(sample) and not sample.translate(None, _PRINTED + b"\0"):
        return None
    plain = {name: _plainness(sample, name) for name in _NAMES}
    best = max(_NAMES, key=lambda name: plain[name])
    return best if plain[best] > 0 else None


def _plainness(sample: bytes, name: str) -> float:
    """The share of characters that texts of every script have; 0 where it is no text."""
    try:
        # Not the end: the sample may end in the middle of a character.
        text = codecs.getincrementaldecoder(name)().decode(sample)
    except UnicodeError:
        return 0.0
    kinds = list(map(category, text))
    odd = sum(
        kind in ("Cn", "Co", "Cs") or (kind == "Cc" and char not in "\t\n\r\f\x1b\x85")
        for char, kind in zip(text, kinds, strict=True)
    )
    scripts = Counter(
        script_of(char) for char, kind in zip(text, kinds, strict=True) if kind[0] == "L"
    )
    most = max(scripts.values(), default=0)
    if odd > _MOST_ODD * len(text) or most < _LEAST_OF_ONE_SCRIPT * scripts.total():
        return 0.0
    return sum(char <= "\x7f" or "\u3000" <= char <= "\u30ff" for char in text) / max(len(text), 1)
