"""The lines of a Markdown text, and which of them are code. Linear in the text's length."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_LINE = re.compile(r"([^\r\n]*+)(?:\r\n?|\n|(?<=[^\r\n])\Z)")
FENCE = re.compile(r"[^\S\r\n]*+(?:(?:>|[-*+]|\d{1,3}[.)])[^\S\r\n]++)*+(`{3,}+|~{3,}+)([^`]*+)$")
"""A line that begins or ends a block of code: its marks, and what it says of the code."""


class Line(NamedTuple):
    """`text[start : start + len(line)] == line`, without its end; code includes its fences."""

    start: int
    line: str
    is_code: bool


def lines(text: str) -> Iterator[Line]:
    """Every line in order. A fence that never closes reaches to the end of the text."""
    fence = ""
    for match in _LINE.finditer(text):
        line = match[1]
        mark = FENCE.match(line) if "`" in line or "~" in line else None
        if mark is None:
            yield Line(match.start(), line, bool(fence))
            continue
        yield Line(match.start(), line, True)
        if not fence:
            fence = mark[1]
        elif mark[1].startswith(fence) and not mark[2].strip():
            fence = ""
