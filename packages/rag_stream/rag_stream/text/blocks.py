"""The parts of a Markdown text that are quoted whole: blocks of code and rows of tables."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rag_stream.text.fences import FENCE, begins_in_code, leans_to
from rag_stream.text.lines import Line, lines
from rag_stream.text.tables import tables


class Code(NamedTuple):
    """A fenced block, fences included; one that is not `closed` was cut by who cut the text.

    `inside`: where its own lines begin and end.
    """

    start: int
    end: int
    fence: str
    closed: bool
    inside: tuple[int, int]


def code_blocks(text: str, *, in_code: bool | None = None) -> list[Code]:
    """The fenced blocks in order. A part of a text may end inside of one.

    `in_code`: whether it begins inside of one; None: as far as can be told.
    """
    if "```" not in text and "~~~" not in text:
        return []
    in_code = begins_in_code(text) if in_code is None else in_code
    return list(_code_blocks(text, list(lines(text)), in_code))


def _code_blocks(text: str, everything: Sequence[Line], in_code: bool) -> Iterator[Code]:
    start, first, fence, is_named, begins = 0, 0, "", False, False
    for number, (at, line, _) in enumerate(everything):
        mark = FENCE.match(line)
        if mark is None:
            continue
        has_info = bool(mark[2].strip())
        if in_code:
            in_code = False
        elif fence and not has_info and mark[1].startswith(fence):
            end = at + len(line.rstrip())
            yield Code(start, end, fence, closed=True, inside=_bare(text, first, at))
            fence = ""
        elif not fence or (has_info and not is_named):  # the one before was the end of a block
            start, first = at + len(line) - len(line.lstrip()), min(len(text), at + len(line) + 1)
            fence, is_named = mark[1], has_info
            begins = has_info or _leaning(everything, number) > 0
    if fence and begins:
        end = len(text.rstrip())
        yield Code(start, end, fence, closed=False, inside=_bare(text, first, end))


def _leaning(everything: Sequence[Line], number: int) -> int:
    before = everything[number - 1].line if number else ""
    after = everything[number + 1].line if number + 1 < len(everything) else ""
    return leans_to(before, after)


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """Without blank lines around it, and blanks behind."""
    piece = text[start : max(start, end)]
    return start + len(piece) - len(piece.lstrip("\r\n")), start + len(piece.rstrip())


def whole(text: str) -> list[tuple[int, int]]:
    """Where what is in each block of code and each row lies, in order, not overlapping."""
    blocks = code_blocks(text)
    rows = _outside(_rows(text), [(block.start, block.end) for block in blocks])
    return sorted([*(block.inside for block in blocks if block.inside[1] > block.inside[0]), *rows])


def _rows(text: str) -> list[tuple[int, int]]:
    """Rows of tables; also those with pipes at both ends whose table begins before the text."""
    if "|" not in text:
        return []
    in_code = begins_in_code(text)
    found = {
        (row.start, row.end)
        for table in tables(text, in_code=in_code)
        for row in ((table.head,) if table.head else ()) + table.rows
    }
    for at, line, is_code in lines(text, in_code=in_code):
        bare = line.strip()
        if not is_code and len(bare) > 2 and bare[0] == "|" and bare.count("|") > 1:
            start = at + len(line) - len(line.lstrip())
            found.add((start, start + len(bare)))
    return sorted(found)


def _outside(
    spans: Sequence[tuple[int, int]], others: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    waiting = iter(others)
    other = next(waiting, None)
    for span in spans:
        while other is not None and other[1] <= span[0]:
            other = next(waiting, None)
        if other is None or span[1] <= other[0]:
            yield span
