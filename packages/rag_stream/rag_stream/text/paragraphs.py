"""Finding what reads on in a text: its paragraphs, with markup left outside.

Headings, code, rules and tags are no paragraphs; list items and the cells of a table are
one each; quote and list markers are cut off. Every pattern is linear in the length of the
text.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from rag_stream.text.fences import begins_in_code
from rag_stream.text.starters import STARTERS
from rag_stream.text.widths import columns


class Line(NamedTuple):
    start: int
    end: int
    # The first line of a paragraph that has something before it: surely not cut.
    leads: bool = False


_FENCE = re.compile(r"[ \t]*(?:```+|~~~+)[ \t]*([^\s`]*)")
_HEADING = re.compile(r"[ \t]*#{1,6}[ \t]")
_RULE = re.compile(r"[ \t]*(?:={3,}|-{3,}|\*{3,}|_{3,})[ \t]*$")
_BULLET = re.compile(
    r"[ \t]*(?:(?:[-*+•‣◦▪]|\[\d{1,3}\]|\(?(\d{1,3})[.)]|\(?[a-z]\))[ \t]+"
    # Chinese and Japanese: without a blank, numbers too.
    "|(?:[\u30fb\u25cf\u25cb\u25a0\u25a1\u25c6\u25c7\u203b]|[\uff08(]?[\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341]{1,3}[\u3001\uff09)]"
    r"|\d{1,3}[\u3001\uff0e])[ \t\u3000]*)(?=\S)"
)
_TASK = re.compile(r"\[[ xX]\][ \t]+")
_QUOTE = re.compile(r"(?:[ \t]*>)+[ \t]*")
_CELL = re.compile(r"[^|]+")
_LINK_TARGET = re.compile(r"(?<=\])\([^()\s]*\)")

# Wider lines than this are paragraphs of their own, not wrapped text.
_WRAPPED = 120
_LONG_WORD = 16


def segments(text: str) -> Iterator[tuple[Line, Line]]:
    """First and last line of each run of lines that reads on, in order."""
    for lines in _paragraphs(text):
        yield from _segments(text, lines)


def without_link_targets(text: str) -> str:
    """Markdown as its reader sees it, as far as links go: their addresses say little."""
    return _LINK_TARGET.sub("", text)


def _paragraphs(text: str) -> Iterator[list[Line]]:
    """Runs of lines that read on, markers cut off; code, headings and tags are left out."""
    lines: list[Line] = []
    in_code, in_list, in_comment, blank = begins_in_code(text), False, False, False
    offset = 0
    for line in text.splitlines(keepends=True):
        start, end = offset, offset + len(line.rstrip())
        offset += len(line)
        bare = line.strip()
        if _FENCE.match(line) is not None:
            in_code, stands_alone = not in_code, True
        elif in_code or in_comment:
            in_comment = in_comment and "-->" not in bare
            continue
        elif bare.startswith("<!--") and "-->" in text[start:]:
            in_comment, stands_alone = "-->" not in bare, True
        else:
            stands_alone = _stands_alone(line, bare)
        if stands_alone:
            # A rule under a single line makes a heading of that line.
            yield [] if len(lines) == 1 and _RULE.match(line) is not None else lines
            lines, in_list, blank = [], False, True
            continue
        if bare[0] == "|" or bare.count(" | ") > 1:
            yield lines
            lines, in_list, blank = [], False, True
            for cell in _CELL.finditer(line):
                yield [Line(start + cell.start(), start + cell.end())]
            continue
        marker = _QUOTE.match(text, start, end)
        if marker is not None:
            yield lines
            lines, in_list, start = [], False, marker.end()
        bullet = _BULLET.match(text, start, end)
        if bullet is not None and (not lines or in_list or bullet[1] in (None, "1")):
            yield lines
            lines, in_list, start = [], True, bullet.end()
            task = _TASK.match(text, start, end)
            start = task.end() if task is not None else start
        if start < end:
            lines.append(Line(start, end, leads=blank and not lines and not in_list))
    yield lines


def _stands_alone(line: str, bare: str) -> bool:
    """Whether a line is blank, a heading, a rule, a directive or nothing but a tag."""
    if not bare or _HEADING.match(line) is not None or _RULE.match(line) is not None:
        return True
    return bare.startswith(".. ") or (len(bare) > 2 and bare[0] + bare[-1] in ("==", "<>"))


def _segments(text: str, lines: list[Line]) -> Iterator[tuple[Line, Line]]:
    """First and last line of what reads on; a title above a paragraph does not."""
    if not lines:
        return
    shown = [without_link_targets(text[line.start : line.end]) for line in lines]
    width = max(map(columns, shown))
    first = lines[0]
    for i, (line, following) in enumerate(pairwise(lines)):
        if _breaks(shown[i], shown[i + 1], width):
            yield first, line
            first = following
    yield first, lines[-1]


def _breaks(line: str, following: str, width: int) -> bool:
    words, nexts = line.split(), following.split(maxsplit=1)
    if not words or not nexts:
        return True
    if nexts[0][0].islower() or line[-1] in ",;" or words[-1].lower() in STARTERS:
        return False
    # Where no blanks stand between words, a line has room for any more of them.
    room = columns(nexts[0]) if nexts[0].isascii() else min(columns(nexts[0]), _LONG_WORD)
    return width > _WRAPPED or columns(line) + room < 0.6 * width
