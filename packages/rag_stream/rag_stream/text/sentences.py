"""Finding the sentences of a text, with their exact places in it.

Made for what splitters hand out: pieces of Markdown, of web pages and of hard-wrapped
text, cut anywhere. Markers (headings, list bullets, table bars, code fences) end up
outside the sentences. Every pattern is linear in the length of the text.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from rag_stream.text.paragraphs import STARTERS, segments


class Sentence(NamedTuple):
    """One sentence: `text == source[start:end]`, offsets in characters.

    `opens`: it begins like a sentence; `closes`: it ends like one. A heading, a cell of a
    table or a piece that a splitter cut lacks one of them.
    """

    text: str
    start: int
    end: int
    opens: bool
    closes: bool


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Typographic marks are written as escapes: they look like others.
_WIDE_STOPS = "\u3002\uff01\uff1f\uff61"
_STOPS = ".!?\u2026"
_OPENERS = "\"'([*_`\u201c\u2018\u00ab\u00bf\u00a1\u300c\u300e\uff08"
_CLOSERS = "\"')]*_`\u201d\u2019\u00bb\u300d\u300f\uff09"
_STOP = re.compile(f"(?:[{_STOPS}]+|[{_WIDE_STOPS}]+)[{re.escape(_CLOSERS)}]*")
_PAIRS = (("\u201c", "\u201d"), ("\u00ab", "\u00bb"), ("(", ")"), ("[", "]"))
_TWINS = ("**", "__", '"', "`")
# A quotation or bracket longer than this is taken for one that never closes.
_PAIR_REACH = 240
# Marks taken off the ends of a sentence at most.
_TRIMS = 8
_TITLES = _words(
    "Dr Mr Mrs Ms Prof St Mt Ft Gen Col Sgt Lt Capt Cmdr Adm Maj Gov Sen Rep Pres Rev Hon Fr"
    " Messrs Mme"
)
# Sentences do not end in these; "v" as in "Roe v. Wade".
_LATIN = _words("e.g i.e eg ie cf viz v vs resp approx ca incl")
_NUMBERED = _words("no nos nr fig figs eq eqs sec ch chap vol vols p pp art ex ver")
# After these a full stop may or may not end the sentence; the next word decides.
_OPEN_ENDED = _words(
    "al inc ltd co corp jr sr bros dept est univ ph.d tech jan feb mar apr jun jul aug sep sept"
    " oct nov dec"
)
_DOTTED = re.compile(r"(?:[A-Za-z]\.)*[A-Za-z]$")


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
    wide = text[dot] in _WIDE_STOPS
    if not wide and not text[after].isspace():
        return False
    rest = text[after : min(end, after + 40)].lstrip()
    if not rest or (not wide and (rest[0].islower() or rest[0] in ",;:.!?)]}%&/=+<>|")):
        return False
    before = text[max(start, dot - 24) : dot]
    if text[dot] == "." and text[dot + 1] != "." and _abbreviated(before, rest):
        return False
    return not _inside_pair(text, start, after, end)


def _abbreviated(before: str, rest: str) -> bool:
    words = before.split()
    if not words or before[-1].isspace():
        return False
    word = words[-1].lstrip(_OPENERS)
    lower = word.lower()
    if word in _TITLES or lower in _LATIN:
        return True
    if lower in _NUMBERED:
        return rest[0].isdigit()
    if lower in _OPEN_ENDED or (_DOTTED.match(word) and (len(word) > 1 or word.isupper())):
        return re.split(r"\W", rest.lstrip(_OPENERS), maxsplit=1)[0].lower() not in STARTERS
    return False


def _inside_pair(text: str, start: int, after: int, end: int) -> bool:
    """Whether a quotation or bracket opened in mid-sentence closes soon after this stop."""
    reach = min(end, after + _PAIR_REACH)
    for opening, closing in _PAIRS[:3]:
        last = text.rfind(opening, start, after)
        if last > start + 2 and text.find(closing, last, after) < 0:
            close, reopen = text.find(closing, after, reach), text.find(opening, after, reach)
            if close >= 0 and (reopen < 0 or close < reopen):
                return True
    return any(
        text.count(twin, start, after) % 2
        and text.rfind(twin, start, after) > start + 2
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
    closes = piece.rstrip(_CLOSERS + " ").endswith(tuple(_STOPS + _WIDE_STOPS))
    return Sentence(piece, start, end, _opens(piece, leads), closes)


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return start, start + len(piece.strip())


def _opens(piece: str, leads: bool) -> bool:
    bare = piece.lstrip(_OPENERS + " ")
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
