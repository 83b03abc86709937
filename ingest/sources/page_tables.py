"""Tables of a web page: which elements are tables, and their rows as lines."""

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from ingest.sources.element_kinds import CELLS, HEADINGS

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_WIDEST = 100
"""Cells in a row; more are a page's attempt to fill the memory."""
_LONG_CODE = 3
"""Lines of code in a cell; more cannot be read on one line."""
_LONG_CELL = 1500
"""Characters of a cell with blocks in it; more are a part of the page, not of a table."""
_BOX = re.compile(
    r"(?:^|\s)(?:admonition(?:block)?|caution|important|note|tip|warning)(?:\s|$)", re.I
)
_BOX_ROWS = 2
_FEW = 50
"""Elements in a cell that is only the name of what comes."""
_PARTS = (
    ("tr", frozenset(("row", "tr", "table-row", "divtablerow"))),
    ("td", frozenset(("cell", "td", "table-cell", "divtablecell", "gridcell"))),
    ("th", frozenset(("th", "columnheader", "rowheader", "table-head"))),
)


@dataclass(slots=True)
class Table:
    """The rows of a table, while they are read.

    A cell that spans several rows or columns stands in the first of them. Below names of columns
    a pipe within a cell is escaped: what follows it is in no other column.
    """

    lines: list[str] = field(default_factory=list)
    row: list[str] = field(default_factory=list)
    heads: int = 0
    cells: int = 0
    has_names: bool = False
    corners: int = 0
    carried: dict[int, int] = field(default_factory=dict)
    """Column -> rows that a cell of an earlier row still takes, the present one included."""
    starting: dict[int, int] = field(default_factory=dict)

    def cell(self, text: str, element: "HtmlElement") -> None:
        """Add the next cell of the row."""
        while len(self.row) in self.carried:
            self.row.append("")
        if len(self.row) >= _WIDEST:
            self.row[-1] += f" {text}"
            return
        first, rows = len(self.row), _span(element, "rowspan")
        for place in range(first, min(_WIDEST, first + _span(element, "colspan"))):
            if rows > 1:
                self.starting[place] = rows
            self.row.append("")
        self.row[first] = text
        self.cells += 1
        # The corner above the names of the rows and beside those of the columns says nothing.
        is_corner = first == 0 and not text
        self.corners += is_corner and element.tag == "td"
        self.heads += element.tag == "th" or _is_bold(element)

    def end_row(self, *, in_head: bool) -> None:
        """The row is complete; the first may be made of the columns' names."""
        while len(self.row) in self.carried:
            self.row.append("")
        rows = {**self.carried, **self.starting}
        self.carried = {place: left - 1 for place, left in rows.items() if left > 1}
        if any(self.row):
            names = not self.lines and (in_head or self.are_heads())
            self.has_names = self.has_names or names
            row = [cell.replace("|", r"\|") for cell in self.row] if self.has_names else self.row
            self.lines.append("| " + " | ".join(row) + " |")
            if names:
                self.lines.append("|" + " --- |" * len(row))
        self.row, self.heads, self.cells, self.starting = [], 0, 0, {}
        self.corners = 0

    def are_heads(self) -> bool:
        """Whether every cell of the row is what others are called by."""
        return self.heads > 0 and self.heads + self.corners == self.cells


def laid_out(part: "HtmlElement") -> set["HtmlElement"]:
    """The tables within `part` that only say where on the page something stands.

    What is table by its classes or roles is made one before.
    """
    found: set[HtmlElement] = set()
    open_tables: list[_Shape] = []
    for event, element in etree.iterwalk(part, events=("start", "end")):
        tag = element.tag
        if event == "start":
            if tag == "table":
                if open_tables:
                    found.add(open_tables[-1].table)
                open_tables.append(_Shape(element))
            elif open_tables:
                open_tables[-1].look(element)
        elif tag == "table" and open_tables:
            shape = open_tables.pop()
            if shape.is_layout():
                found.add(element)
    return found


@dataclass(slots=True)
class _Shape:
    table: "HtmlElement"
    rows: int = 0
    cells: int = 0
    blocks: bool = False
    characters: int = 0
    layout: bool = False

    def look(self, element: "HtmlElement") -> None:
        tag = element.tag
        self.rows += tag == "tr"
        self.cells += tag in CELLS
        if tag in CELLS:
            self.blocks, self.characters = False, 0
        elif tag in HEADINGS:
            self.layout = True
        elif tag == "pre":
            self.layout = self.layout or _lines(element) > _LONG_CODE
        elif tag in ("p", "div", "ul", "ol", "dl"):
            self.blocks = True
        self.characters += len(element.text or "") + len(element.tail or "")
        if self.blocks and self.characters > _LONG_CELL:
            self.layout = True

    def is_layout(self) -> bool:
        role = self.table.get("role") or ""
        if self.rows <= _BOX_ROWS and _is_box(self.table.getparent()):
            return True
        return self.layout or role in ("presentation", "none") or self.cells <= max(1, self.rows)


def _is_box(element: "HtmlElement | None") -> bool:
    """Whether it is a note or a warning, which older styles put in a table with its icon."""
    return element is not None and _BOX.search(element.get("class") or "") is not None


def _lines(pre: "HtmlElement") -> int:
    ends = 0
    for text in pre.itertext():
        ends += text.count("\n")
    return ends + 1


def make_tables(part: "HtmlElement") -> None:
    """Give those elements the names of a table's parts that are such by class or role.

    A heading that fills the first row of a table stands above it afterwards.
    """
    for table in list(part.iter("table")):
        if table is not part:
            _lift_heading(table)
            _name_box(table)
    for element in list(part.iter("div", "section", "span", "ul")):
        named = _tokens(element)
        if not named & {"table", "grid", "treegrid", "divtable"} or not len(element):
            continue
        rows = [row for row in _rows(element) if _part(row) == "tr"]
        cells = [cell for row in rows for cell in row]
        if len(rows) > 1 and len(cells) > len(rows) and all(map(_part, cells)):
            element.tag = "table"
            for row in rows:
                row.tag = "tr"
            for cell in cells:
                cell.tag = _part(cell)


def _lift_heading(table: "HtmlElement") -> None:
    rows = [row for group in table for row in (group if group.tag != "tr" else (group,))]
    above = table.getparent()
    if above is None or len(rows) < 2 or len(rows[0]) != 1 or max(map(len, rows[1:])) < 2:
        return
    inside = list(islice(rows[0][0].iter(), _FEW))
    headings = [inner for inner in inside if inner.tag in HEADINGS]
    if len(inside) < _FEW and len(headings) == 1 and not _others(rows[0][0], headings[0]):
        heading = headings[0]
        heading.drop_tree()
        above.insert(above.index(table), heading)
        heading.tail = None


def _name_box(table: "HtmlElement") -> None:
    """Let the cell be known that names a note, so that it belongs to what is noted."""
    if _is_box(table.getparent()):
        for cell in table.iter("th", "td"):
            if any(text.strip() for text in islice(cell.itertext(), _FEW)):
                if cell.tag == "th" or "icon" in (cell.get("class") or "").split():
                    cell.set("class", "admonition-title")
                break


def _others(cell: "HtmlElement", heading: "HtmlElement") -> str:
    """What is in a cell beside its heading."""
    return "".join("".join(cell.itertext()).split()).replace(
        "".join("".join(heading.itertext()).split()), "", 1
    )


def _rows(table: "HtmlElement") -> list["HtmlElement"]:
    return [row for child in table for row in (child if "rowgroup" in _tokens(child) else (child,))]


def _part(element: "HtmlElement") -> str:
    named = _tokens(element)
    return next((tag for tag, names in _PARTS if named & names), "")


def _tokens(element: "HtmlElement") -> set[str]:
    return set(f"{element.get('role') or ''} {element.get('class') or ''}".lower().split())


def _is_bold(cell: "HtmlElement") -> bool:
    """Whether all that is in it is set in bold, as names of columns are in older pages."""
    if len(cell) != 1 or cell[0].tag not in ("b", "strong"):
        return False
    around = (cell.text or "") + (cell[0].tail or "")
    return not around.strip() and bool("".join(cell[0].itertext()).strip())


def _span(element: "HtmlElement", name: str) -> int:
    value = (element.get(name) or "1").strip()
    return max(1, int(value)) if value.isascii() and value.isdecimal() and len(value) < 4 else 1
