"""Where a text may be cut: in front of sentences, lines, paragraphs and sections.

Unlike `rag_stream.text.sentences` this keeps markup, since nothing may get lost, and it reads
texts of any length: every pattern is linear, also over one line of 100 MB. Where a sentence
ends is decided by the same rule, `rag_stream.text.stops`.
"""

import re
from collections.abc import Iterator
from enum import IntEnum
from itertools import chain

from rag_stream.text.pairs import BRACKETS, REACH, is_inside
from rag_stream.text.pauses import PAUSE
from rag_stream.text.stops import STOP, goes_on, is_ended, is_wide
from rag_stream.text.tables import tables
from rag_stream.text.widths import columns

_BLANK = r"[^\S\r\n]"  # white space within a line


class Break(IntEnum):
    """What begins at a place; the greater, the better the place for a cut."""

    SENTENCE = 1
    LINE = 2
    PARAGRAPH = 3
    SECTION = 4


# Possessive: a long run of stops or blanks stays linear.
_STOP = re.compile(f"{STOP}(?P<blank>{_BLANK}*+)|{PAUSE}")
_LINE = re.compile(r"[^\r\n]++(?:\r\n?|\n)?|\r\n?|\n")
_FENCE = re.compile(f"{_BLANK}*+(?:```|~~~)")
_HASHES = re.compile(f"{_BLANK}*+#{{1,6}}{_BLANK}")
_EQUALS = re.compile(f"{_BLANK}*+(=(?: ?=)*+) ?[^\\s=][^\\r\\n]{{0,200}}\\1{_BLANK}*$", re.M)
_RULE = re.compile(f"{_BLANK}*+([=*_~^-])\\1{{2,}}+{_BLANK}*+(?:\\r|$)", re.M)
# A list item, a quotation, a row of a table or somebody's turn in a conversation.
_ITEM = re.compile(
    r"(?:[-*+\u2022\u2023\u25e6\u25aa]|\[?\(?\d{1,3}[.)\]]|\(?[a-zA-Z][.)])(?:\s|$)|[|>]"
    r"|\w[\w .'\u2019-]{0,30}:(?:\s|$)|\w[\w .\u00b7]{0,12}\uff1a"
    "|[\u30fb\u25cf\u25cb\u25a0\u25a1\u25c6\u25c7\u203b]|\\d{1,3}[\u3001\uff0e](?!\\d)"
    "|[\uff08(]?[\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341]{1,3}[\u3001\uff09)]"
)
# Lines wider than `_WRAPPED` were not broken for their width, nor were those before a break
# narrower than `_NARROW`.
_WRAPPED = 120
_NARROW = 40


def breaks(text: str) -> Iterator[tuple[int, Break]]:
    """The places, ascending and without the text's start, at which something begins.

    There is none between a heading and what follows it, nor inside a code fence or a table
    but at the ends of lines.
    """
    before, blank, in_code, glued = "", False, False, False
    rows = _rows(text)
    for match in _LINE.finditer(text):
        line = match.group()
        bare = line.strip()
        if not bare:
            blank = True
            continue
        start, end = match.span()
        first = start + len(line) - len(line.lstrip())
        fence = _FENCE.match(line) is not None
        rule = not fence and _RULE.match(line) is not None
        row = first in rows or (bare[0] == "|" and bare.count("|") > 1)
        heading = not (in_code or fence or rule or row) and _is_heading(text, line, bare, end)
        found = None
        if before and not glued and not (fence and in_code):
            found = _between(before, bare, blank, heading, in_code or fence or row, rule)
        if found is not None:
            yield first, found
        if not (fence or in_code or heading or row):
            yield from _sentences(text, first, end)
        # The line under a title and a fence's first line belong to what follows.
        glued = heading or (fence and not in_code) or (rule and glued)
        in_code ^= fence
        before, blank = bare, False


def _rows(text: str) -> frozenset[int]:
    """Where the rows of tables begin, also of those without pipes at their ends."""
    return frozenset(
        row.start for table in tables(text) for row in (table.head, *table.rows) if row is not None
    )


def _is_heading(text: str, line: str, bare: str, end: int) -> bool:
    if _HASHES.match(line) is not None or _EQUALS.match(line) is not None:
        return True
    under = _RULE.match(text, end) if len(bare) <= _WRAPPED else None
    return under is not None and under[1] in "=-~^" and _ITEM.match(bare) is None


def _between(
    before: str, bare: str, blank: bool, heading: bool, in_code: bool, rule: bool
) -> Break | None:
    if heading:
        return Break.SECTION
    if blank:
        return Break.PARAGRAPH
    if rule:
        return None
    if in_code or not _reads_on(before, bare):
        return Break.LINE
    return Break.SENTENCE if is_ended(before) and not bare[0].islower() else None


def _reads_on(line: str, following: str) -> bool:
    """Whether the break between two lines is there for their width only."""
    if _ITEM.match(following) is not None or "\t" in following or line.count("|") > 1:
        return False
    width = columns(line)
    if width > _WRAPPED:
        return following[0].islower()
    return width >= _NARROW and line[-1] not in ":\uff1a"


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, Break]]:
    begin = start
    for stop in _STOP.finditer(text, start, end):
        at, after = stop.span()
        if after == end or text[after] in "\r\n":
            continue
        if stop["blank"] == "" and not is_wide(text, at):
            continue
        if not goes_on(text, at, after, begin) and not _in_brackets(text, begin, after, end):
            yield after, Break.SENTENCE
            begin = after


def _in_brackets(text: str, begin: int, after: int, end: int) -> bool:
    # No further back than they reach: a long line with many stops in brackets stays linear.
    start = max(begin, after - REACH)
    return any(is_inside(text, pair, start, after, end) for pair in BRACKETS)


def units(text: str) -> Iterator[tuple[int, int, Break]]:
    """Start and end of what lies between the breaks, without blanks at its ends, and its break.

    Together they hold every character of `text` that is not blank.
    """
    start, found = 0, Break.SECTION
    for place, following in chain(breaks(text), [(len(text), Break.SECTION)]):
        piece = text[start:place]
        left = start + len(piece) - len(piece.lstrip())
        if left < place:
            yield left, start + len(piece.rstrip()), found
        start, found = place, following
