"""Finding the sentences of a text, with their exact places in it.

Made for what splitters hand out: pieces of Markdown, of web pages and of hard-wrapped
text, cut anywhere. Markers (headings, list bullets, table bars, code fences) end up
outside the sentences. Every pattern is linear in the length of the text.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from rag_stream.text.abbreviations import OPENERS
from rag_stream.text.pairs import BRACKETS, REACH, has_begun, is_inside
from rag_stream.text.paragraphs import segments
from rag_stream.text.pauses import PAUSE
from rag_stream.text.starters import STARTERS
from rag_stream.text.stops import STOP, goes_on, is_ended, is_wide


class Sentence(NamedTuple):
    """One sentence: `text == source[start:end]`, offsets in characters.

    `opens`: it begins like a sentence; `closes`: it ends like one, or like an item of a list,
    which laws end with a semicolon. A heading, a cell of a table or a piece that a splitter
    cut lacks one of them.
    """

    text: str
    start: int
    end: int
    opens: bool
    closes: bool


_STOP = re.compile(f"{STOP}|{PAUSE}")
_SEMICOLONS = (";", "\uff1b", "\u061b")
_NOTHING = " \ufeff\u200b\u200e\u200f"
# Blanks between two sentences at most.
_GAP = 40
_PAIRS = (
    ("\u201c", "\u201d"),
    ("\u00ab", "\u00bb"),
    BRACKETS[0],
    ("\u201e", "\u201c"),
    ("\u300c", "\u300d"),
    ("\u300e", "\u300f"),
    ("\u300a", "\u300b"),
    BRACKETS[1],
    ("[", "]"),
)
_TWINS = ("**", "__", '"', "`")
# Marks taken off the ends of a sentence at most.
_TRIMS = 8


def split_sentences(text: str) -> list[Sentence]:
    """The sentences of `text` in order; never overlapping, never empty."""
    found = []
    for first, last in segments(text):
        leads = first.leads
        for start, end in _pieces(text, first.start, last.end):
            sentence = _sentence(text, start, end, leads)
            leads = False
            if sentence is not None:
                found.append(sentence)
    return found


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for stop in _STOP.finditer(text, start, end):
        if _ends_sentence(text, start, stop.start(), stop.end(), end):
            yield start, stop.end()
            start = stop.end()
    yield start, end


def _ends_sentence(text: str, start: int, dot: int, after: int, end: int) -> bool:
    if after == end:
        return True
    if not (is_wide(text, dot) or text[dot].isspace() or text[after].isspace()):
        return False
    rest = text[after : min(end, after + _GAP)]
    following = after + len(rest) - len(rest.lstrip())
    if following == after + len(rest) or goes_on(text, dot, following, start):
        return False
    return not _inside_pair(text, start, after, end)


def _inside_pair(text: str, start: int, after: int, end: int) -> bool:
    """Whether a quotation or bracket opened in mid-sentence closes soon after this stop."""
    if any(is_inside(text, pair, start, after, end) for pair in _PAIRS[:-1]):
        return True
    reach = min(end, after + REACH)
    return any(
        text.count(twin, start, after) % 2
        and has_begun(text, start, text.rfind(twin, start, after))
        and text.find(twin, after, reach) >= 0
        for twin in _TWINS[2:]
    )


def _sentence(text: str, start: int, end: int, leads: bool) -> Sentence | None:
    """Trim blanks and the halves of quotation marks whose other half is elsewhere."""
    start, end = _bare(text, start, end)
    for _ in range(_TRIMS):
        left, right = _dangling(text[start:end])
        if not (left or right):
            break
        start, end = _bare(text, start + left, end - right)
    piece = text[start:end]
    if not piece:
        return None
    return Sentence(piece, start, end, _opens(piece, leads), _closes(piece))


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return start, start + len(piece.strip())


def _closes(piece: str) -> bool:
    return piece.endswith(_SEMICOLONS) or is_ended(piece)


def _opens(piece: str, leads: bool) -> bool:
    bare = piece.lstrip(OPENERS + _NOTHING)
    head = bare[:1]
    if not head.islower():
        return head.isalnum()
    # Names of programs: in code font, or first in a paragraph.
    return "`" in piece[: len(piece) - len(bare)] or (
        leads and re.split(r"\W", bare, maxsplit=1)[0] not in STARTERS
    )


def _dangling(piece: str) -> tuple[int, int]:
    """How many characters at the left and at the right are one half of a pair."""
    for opening, closing in _PAIRS:
        surplus = piece.count(opening) - piece.count(closing)
        if surplus > 0 and piece.startswith(opening):
            return 1, 0
        if surplus < 0 and piece.endswith(closing):
            return 0, 1
    for twin in _TWINS:
        if piece.count(twin) % 2:
            if piece.startswith(twin):
                return len(twin), 0
            if piece.endswith(twin):
                return 0, len(twin)
    return 0, 0
