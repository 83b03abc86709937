"""Cutting a text into chunks of whole sentences.

Sizes are weights (`rag_stream.text.weight`): as many characters of English, and of other texts
as say about as much. Places are characters of the text.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from ingest.chunking.boundaries import Break, units
from rag_stream.text.pauses import NEVER_FIRST
from rag_stream.text.stops import STOPS, WIDE_STOPS
from rag_stream.text.weight import weight, within

# The best places inside a sentence that is too long, best first; each match ends at one.
_PLACES = (
    re.compile(r"\n"),
    re.compile(rf"[{re.escape(STOPS)}]\s|[{WIDE_STOPS}]"),
    # The pauses inside a sentence: of Latin, of Chinese and Japanese, of Arabic, of Ethiopic.
    re.compile(r"[,;:\u2014]\s|[\u3001\uff0c\uff1b\uff1a\uff64\u060c\u061b\u1363\u1364\u1365]"),
    re.compile(rf"\s(?![{NEVER_FIRST}])"),
    re.compile(r"\s"),
)
_JOINER = "\u200d"
# A character and what is written onto it: no more than this is kept together.
_LONGEST_CLUSTER = 16


class _Piece(NamedTuple):
    start: int
    end: int
    begins: Break | None  # None: the rest of a sentence that was cut
    before: float  # what the text weighs up to its start
    after: float  # and up to its end


def pack(text: str, size: int, overlap: int = 0) -> list[tuple[int, int]]:
    """Start and end of the chunks of `text`, in order, each weighing at most `size`.

    A chunk is a verbatim slice of whole sentences, or of one part of a sentence heavier than
    `size`, without blanks at its ends; every character that is not blank is in one, which holds
    a single one of any weight. A chunk that is at least half full ends where a paragraph does,
    if it can. With `overlap`, it begins with as many of the last sentences before it as weigh
    that much at most. Takes time linear in the text's length. Raises ValueError.
    """
    if size < 1 or not 0 <= overlap < size:
        raise ValueError(f"expected 0 <= overlap < size, got size={size}, overlap={overlap}")
    chunks = []
    held: list[_Piece] = []
    new = 0  # held[:new] are in the chunk before, too
    for piece in _pieces(text, size):
        while held and piece.after - held[0].before > size:
            if new == len(held):
                held, new = held[1:], new - 1
                continue
            count = _count(held, new, piece, size)
            chunks.append((held[0].start, held[count - 1].end))
            kept = count
            while kept > 0 and held[count - 1].after - held[kept - 1].before <= overlap:
                kept -= 1
            held, new = held[kept:], count - kept
        held.append(piece)
    if new < len(held):
        chunks.append((held[0].start, held[-1].end))
    return chunks


def _count(held: list[_Piece], new: int, following: _Piece, size: int) -> int:
    """How many of the held pieces make the next chunk."""
    if following.begins is None or following.begins < Break.PARAGRAPH:
        for count in range(len(held) - 1, new, -1):
            if held[count - 1].after - held[0].before < size / 2:
                break
            begins = held[count].begins
            if begins is not None and begins >= Break.PARAGRAPH:
                return count
    return len(held)


def _pieces(text: str, size: int) -> Iterator[_Piece]:
    place, before = 0, 0.0
    for start, end, begins in units(text):
        found: Break | None = begins
        before += start - place  # blanks
        left = weight(text[start:end])  # of the sentence, as far as it is not in pieces yet
        while left > size:
            cut = _cut(text, start, end, left, size)
            after = start + len(text[start:cut].rstrip())
            heavy = weight(text[start:after])
            yield _Piece(start, after, found, before, before + heavy)
            start, found = cut, None
            # Bounded steps: `text[start:end].lstrip()` would copy the rest every time.
            while start < end and text[start].isspace():
                start += 1
            before, left = before + heavy + start - after, left - heavy - start + after
        if start < end:
            yield _Piece(start, end, found, before, before + left)
            before += left
        place = end


def _cut(text: str, start: int, end: int, left: float, size: int) -> int:
    """The best place to cut a sentence at, which weighs `left` and is too heavy by that."""
    # What is left shall not be a crumb.
    reach = within(text, start, end, min(size, max(size // 2, 2 * left // 3)))
    if (reach := max(start + 1, reach)) == end:  # a single character
        return end
    low = (start + reach) // 2
    for place in _PLACES:
        best = max((match.end() for match in place.finditer(text, low, reach)), default=0)
        if best > low:
            return best
    for cut in range(reach, max(start, reach - _LONGEST_CLUSTER), -1):
        if not _inside_cluster(text, cut):
            return cut
    return reach


def _inside_cluster(text: str, place: int) -> bool:
    """Whether the character at `place` is written onto the one before it."""
    char, before = text[place], text[place - 1]
    return (
        unicodedata.category(char) in ("Mn", "Me", "Mc")
        or _JOINER in (char, before)
        or "\U0001f3fb" <= char <= "\U0001f3ff"  # shades of skin
        or ("\U0001f1e6" <= char <= "\U0001f1ff" and "\U0001f1e6" <= before <= "\U0001f1ff")
    )
