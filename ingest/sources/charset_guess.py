"""The encoding of bytes that nobody has named: a detector's opinion, held against alphabets. Pure.

chardet knows how often letters follow each other in a language; of a few words it cannot be
sure, and calls "più bella" Cyrillic. What it proposes is judged again by what it would say.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.sources.alphabets import likeness
from ingest.sources.signs_in_text import are_signs_at_their_places

SAMPLE_BYTES = 100_000
"""Of the lines that tell encodings apart: a guess takes the same time for a page and a book."""
_BEFORE = 500
_HIGH = re.compile(rb"[\x80-\xff]")
_JUDGED_CHARS = 4_000
_MOST_JUDGED = 16
_DOUBTFUL = 0.75
"""Of the best one's score; of the wrong guesses on held back sentences nine in ten have it."""

# What is found in the wild. Among all that a detector knows short texts come out as exotic ones.
_EAST = ("cp932", "euc_jis_2004", "gb18030", "big5hkscs", "cp949")
_NAMES = (
    *(*(f"cp125{number}" for number in range(8)), "cp874", *_EAST, "koi8-r", "koi8-u"),
    *(f"iso8859-{number}" for number in (2, 5, 6, 7, 8, 13, 15)),
    *("mac-roman", "mac-cyrillic", "mac-latin2", "mac-greek"),
    *("cp437", "cp850", "cp852", "cp737", "cp775", "cp857", "cp862", "cp866", "cp1125"),
)
# Only across languages: within one, the detector's finer differences decide.
_COMMON = {"cp1252": 1.08, "iso8859-15": 0.95, "mac-latin2": 0.88}
_COMMON |= dict.fromkeys(("cp437", "cp775", "cp857", "cp862"), 0.9)
_ICELANDIC = frozenset("ðþÐÞ"), frozenset("áíóúæ")


@dataclass(frozen=True, slots=True)
class Guess:
    """An encoding, and how likely it is beside the others."""

    encoding: str
    score: float


def guesses(body: bytes) -> list[Guess]:
    """Encodings that give different texts, the likeliest first; perhaps none."""
    # Imported here: most sources are UTF-8 and need no guess.
    from chardet import detect_all

    sample = _sample(body)
    if not sample:
        return []
    found = detect_all(
        sample, ignore_threshold=True, compat_names=False, include_encodings=list(_NAMES)
    )
    best: dict[str, Guess] = {}
    proposed = [(item["encoding"], item["confidence"]) for item in found[:_MOST_JUDGED]]
    for name, confidence in [*_japanese(sample), *_latin(sample), *proposed]:
        text = None if name is None else _beginning(sample, name)
        if name is None or text is None:
            continue
        score = confidence * likeness(text) * _COMMON.get(name, 1.0) * _rarity(text)
        if text not in best or best[text].score < score:
            best[text] = Guess(name, score)
    return sorted(best.values(), key=lambda guess: -guess.score)


def is_doubtful(best: Guess, other: Guess) -> bool:
    """Whether the other one could be it as well."""
    return other.score >= _DOUBTFUL * best.score


def _sample(body: bytes) -> bytes:
    """What is not plain ASCII, each time to the end of its line, with what is before it."""
    parts, size, at = [], 0, 0
    while size < SAMPLE_BYTES and (high := _HIGH.search(body, at)) is not None:
        # In each of these encodings a character begins there: only what follows may be ASCII.
        first = max(at, high.start() - _BEFORE)
        begins = (body.rfind(end, first, high.start()) + 1 for end in (b"\n", b"\r"))
        start = max(first, *begins)
        last = high.start() + SAMPLE_BYTES - size
        ends = (body.find(end, high.start(), last) for end in (b"\n", b"\r"))
        at = min((end for end in ends if end >= 0), default=last)
        parts.append(body[start:at])
        size += at - start
    return b"\n".join(parts)


def _beginning(sample: bytes, name: str) -> str | None:
    try:
        # Not the end: the sample may end in the middle of a character.
        text = codecs.getincrementaldecoder(name)().decode(sample)
    except UnicodeError:
        return None
    return text[:_JUDGED_CHARS]


def _japanese(sample: bytes) -> Iterator[tuple[str, float]]:
    """Of a few words the detector knows too little; kana by their places are plain all the same."""
    for name in ("cp932", "euc_jp"):
        text = _beginning(sample, name) or ""
        high = [char for char in text if char > "\x7f"]
        kana = sum("\u3041" <= char <= "\u3093" for char in high)
        is_half_width = any("\uff61" <= char <= "\uff9f" for char in high)
        if kana >= 3 and kana * 3 >= len(high) and not is_half_width:
            yield name, 0.9


def _latin(sample: bytes) -> Iterator[tuple[str, float]]:
    """Of signs without letters the detector knows nothing: it takes `5 \u20ac` for Hebrew."""
    for place, name in enumerate(("cp1252", "mac-roman", "iso8859-15")):
        if are_signs_at_their_places(_beginning(sample, name) or ""):
            yield name, 0.9 - 0.1 * place


def _rarity(text: str) -> float:
    """Icelandic letters in what is not Icelandic are another encoding's."""
    rare, others = _ICELANDIC
    return 1.0 if rare.isdisjoint(text) or not others.isdisjoint(text) else 0.6
