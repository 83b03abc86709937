"""Pipe tables in a Markdown text: where their rows are, and what their columns are called.

With or without pipes at the ends of a row; not in code. A part of a text may begin in the
middle of a table, whose columns are then handed in. Every pattern is linear.
"""

import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

from rag_stream.text.lines import Line, lines
from rag_stream.text.markup import plain_cell

SEPARATOR = " | "
"""Between the names of columns where they are one string."""
MAX_COLUMNS = 600
"""Characters of that string."""
_MAX_NAME = 80

_RULE = re.compile(r"\s*+\|?+\s*+:?+-++:?+\s*+(?:\|\s*+:?+-++:?+\s*+)*+\|?+\s*+$")
_HAS_RULE = re.compile(r"^[^\S\r\n]*+[|:-][|: \t-]*+\r?$", re.M)
_BAR = re.compile(r"(?<!\\)\|")
_OTHER_BLOCK = re.compile(r"\s{0,3}(?:#{1,6}\s|>|[-*+]\s)")


class Row(NamedTuple):
    """A row at `text[start:end]`, without the blanks around it, cell by cell as written."""

    start: int
    end: int
    cells: tuple[str, ...]


class Table(NamedTuple):
    """`head`: the row that names the columns, None where it stands before the text."""

    columns: tuple[str, ...]
    head: Row | None
    rows: tuple[Row, ...]
    start: int
    end: int


def cells(line: str) -> tuple[str, ...]:
    """The cells of a row; a pipe that is escaped belongs to its cell."""
    parts = [part.strip() for part in _BAR.split(line.strip())]
    if len(parts) > 1 and not parts[0]:
        parts = parts[1:]
    if len(parts) > 1 and not parts[-1]:
        parts = parts[:-1]
    return tuple(parts)


def columns_text(columns: Sequence[str]) -> str:
    """The names as one string, such as "Plan | Price | Seats"; empty where none has a name."""
    if not any(columns):
        return ""
    names: list[str] = []
    room = MAX_COLUMNS + len(SEPARATOR)
    for column in columns:
        name = column[:_MAX_NAME].replace("|", "\\|")
        room -= len(SEPARATOR) + len(name)
        if room < 0:
            break
        names.append(name)
    return SEPARATOR.join(names)


def columns_of(text: str) -> tuple[str, ...]:
    """The names in such a string."""
    return tuple(part.strip().replace("\\|", "|") for part in _BAR.split(text)) if text else ()


def named(row: Row, columns: Sequence[str]) -> list[tuple[str, str]]:
    """The cells that hold something, plain, each with the name of its column, "" without one."""
    pairs = zip_longest(columns[: len(row.cells)], row.cells, fillvalue="")
    return [(name, text) for name, cell in pairs if (text := _plain(cell))]


def tables(text: str, columns: Sequence[str] = (), *, in_code: bool = False) -> list[Table]:
    """The tables of `text`, in order. `columns`: of the one it begins in, if it does.

    `in_code`: it begins inside of a block of code.
    """
    if "|" not in text or not (columns or _HAS_RULE.search(text)):
        return []
    found: list[Table] = []
    everything = list(lines(text, in_code=in_code))
    at = 0
    if columns and not in_code and _goes_on(everything[0].line, len(columns)):
        at = _rows_end(everything, 0)
        body = [line for line in everything[:at] if _RULE.match(line.line) is None]
        if body:
            found.append(_table(tuple(columns), None, body)._replace(start=everything[0].start))
    while at + 1 < len(everything):
        if not _is_head(everything[at], everything[at + 1]):
            at += 1
            continue
        end = _rows_end(everything, at + 2)
        head = _row(everything[at])
        names = tuple(map(_plain, head.cells))
        found.append(_table(names, head, everything[at + 2 : end], everything[at + 1]))
        at = max(end, at + 2)
    return found


def _goes_on(line: str, width: int) -> bool:
    """Whether a text that begins with this line may begin in a table of so many columns."""
    return line.lstrip()[:1] == "|" or len(cells(line)) == width


def _plain(cell: str) -> str:
    return plain_cell(cell.replace("\\|", "|"))  # in code, too


def _is_head(line: Line, under: Line) -> bool:
    if line.is_code or under.is_code or "|" not in line.line or not line.line.strip():
        return False
    if ("-" not in under.line) or _RULE.match(under.line) is None:
        return False
    width = len(cells(under.line))
    # A rule under one line of words is no table, unless there is a pipe.
    return ("|" in under.line or width > 1) and len(cells(line.line)) == width


def _rows_end(everything: Sequence[Line], at: int) -> int:
    """Behind the last row of a table whose rows begin at a line."""
    while at < len(everything):
        line = everything[at]
        if line.is_code or "|" not in line.line or _OTHER_BLOCK.match(line.line) is not None:
            break
        if at + 1 < len(everything) and _is_head(line, everything[at + 1]):
            break  # the next table, with nothing between
        at += 1
    return at


def _table(
    columns: tuple[str, ...], head: Row | None, body: Sequence[Line], rule: Line | None = None
) -> Table:
    rows = tuple(map(_row, body))
    last = rows[-1].end if rows else rule.start + len(rule.line) if rule else 0
    return Table(columns, head, rows, rows[0].start if head is None else head.start, last)


def _row(line: Line) -> Row:
    text = line.line
    start = line.start + len(text) - len(text.lstrip())
    return Row(start, start + len(text.strip()), cells(text))
