"""The lines of a Markdown text, and which of them are code. Linear in the text's length."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from rag_stream.text.fences import FENCE

_LINE = re.compile(r"([^\r\n]*+)(?:\r\n?|\n|(?<=[^\r\n])\Z)")


class Line(NamedTuple):
    """`text[start : start + len(line)] == line`, without its end; code includes its fences."""

    start: int
    line: str
    is_code: bool


def lines(text: str, *, in_code: bool = False) -> Iterator[Line]:
    """Every line in order. A fence that never closes reaches to the end of the text.

    `in_code`: the text begins inside of a block, which its first fence ends.
    """
    fence = ""
    for match in _LINE.finditer(text):
        line = match[1]
        mark = FENCE.match(line) if "`" in line or "~" in line else None
        if mark is None:
            yield Line(match.start(), line, in_code or bool(fence))
            continue
        yield Line(match.start(), line, True)
        if in_code:
            in_code = False
        elif not fence:
            fence = mark[1]
        elif mark[1].startswith(fence) and not mark[2].strip():
            fence = ""
