"""Tables of docutils' trees: each row as many cells as the table has columns. Pure."""

from collections.abc import Callable
from typing import Any

from ingest.sources.markdown.writer import Writer


def write_table(table: Any, writer: Writer, write: Callable[[Any], None]) -> None:
    """`write` takes what is in a cell. A cell that spans others stands in the first of them."""
    writer.table()
    for group in table.findall(lambda part: type(part).__name__ in ("thead", "tbody")):
        taken: dict[int, int] = {}
        for row in group.children:
            writer.row()
            place = 0
            for entry in row.children:
                place = _empty_cells(place, taken, writer)
                writer.cell(is_header=type(group).__name__ == "thead")
                write(entry)
                writer.end_cell()
                columns = 1 + int(entry.get("morecols", 0))
                if rows := int(entry.get("morerows", 0)):
                    taken.update(dict.fromkeys(range(place, place + columns), rows))
                for _ in range(1, columns):
                    _empty_cell(writer)
                place += columns
            _empty_cells(place, taken, writer)
    writer.end_table()


def _empty_cells(place: int, taken: dict[int, int], writer: Writer) -> int:
    """Leave out the columns that a cell of an earlier row takes; `taken`: how many rows it does."""
    while taken.get(place):
        taken[place] -= 1
        _empty_cell(writer)
        place += 1
    return place


def _empty_cell(writer: Writer) -> None:
    writer.cell()
    writer.end_cell()
