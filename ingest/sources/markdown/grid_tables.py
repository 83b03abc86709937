"""Tables that Pandoc's Markdown draws with pluses and bars, as tables with pipes. Pure."""

import re
from collections.abc import Sequence

_EDGE = re.compile(r"\+(?:[-=:]+\+)+[ \t]*$")
_MOST = 100_000
"""Signs of a table; a longer one takes more time than it tells."""
_WIDE = "\0"
"""What stands behind a letter that takes two places."""


def is_edge(line: str) -> bool:
    """Whether a line may be the upper edge of a table."""
    return line.startswith("+") and _EDGE.match(line) is not None


def as_pipes(block: Sequence[str]) -> list[str] | None:
    """The lines of the table with pipes; None where the block is none."""
    # Imported here: few texts have such a table.
    from docutils.parsers.rst.tableparser import GridTableParser, TableMarkupError
    from docutils.statemachine import StringList

    drawn = StringList([_plain(line.rstrip()) for line in block])
    drawn.pad_double_width(_WIDE)
    widths = set(map(len, drawn))
    if len(widths) > 1 or len(drawn) * max(widths) > _MOST or not is_edge(drawn[-1]):
        return None
    try:
        columns, heads, bodies = GridTableParser().parse(drawn)
    except TableMarkupError:
        return None
    rows = [_cells(row) for row in (*heads, *bodies)]
    if not any(map(any, rows)):
        return None
    if not heads:
        rows.insert(0, [""] * len(columns))
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return [lines[0], f"|{' --- |' * len(columns)}", *lines[1:]]


def _plain(line: str) -> str:
    """The line without what says how columns are set."""
    if not line.startswith("+") or not _EDGE.match(line):
        return line
    return line.replace(":", "=" if "=" in line else "-")


def _cells(row: Sequence[tuple[int, int, int, Sequence[str]] | None]) -> list[str]:
    """What is in each place of a row; a cell that spans others stands in the first of them."""
    lines = ([] if cell is None else cell[3] for cell in row)
    texts = (" ".join(" ".join(cell).replace(_WIDE, "").split()) for cell in lines)
    return [re.sub(r"(?<!\\)\|", r"\\|", text) for text in texts]
