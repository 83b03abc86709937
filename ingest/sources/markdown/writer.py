"""Writes the blocks of a document as plain Markdown: what every reader of markup ends in. Pure."""

import re
from dataclasses import dataclass, field

from ingest.sources.powers import POWER

_BLANKS = re.compile(r"[ \t\u00a0]+")
_TICKS = re.compile(r"`+")
_IS_FILE = re.compile(r"\S+\.(?:png|jpe?g|gif|svg|webp|avif|bmp|ico)|image|img|alt text", re.I)


@dataclass(slots=True)
class Heading:
    level: int
    text: str


@dataclass(slots=True)
class _Table:
    rows: list[list[str]] = field(default_factory=list)
    has_header: bool = False


@dataclass(slots=True)
class Writer:
    """Takes text, code and where blocks begin; gives the whole text.

    While `hidden` is above 0 nothing that comes is kept.
    """

    hidden: int = 0
    headings: list[Heading] = field(default_factory=list)
    _out: list[str] = field(default_factory=list)
    _inline: list[str] = field(default_factory=list)
    _images: list[str] = field(default_factory=list)
    _prefixes: list[str] = field(default_factory=list)
    _marker: str = ""
    _level: int = 0
    _is_apart: bool = False
    _tables: list[_Table] = field(default_factory=list)
    _in_cell: bool = False

    def text(self, text: str) -> None:
        if not self.hidden:
            self._inline.append(text)

    def code(self, code: str) -> None:
        """A piece of code within a line, as it is."""
        code = code.replace("\n", " ")
        if not self.hidden and code.strip():
            ticks = "`" * (_longest(code) + 1)
            pad = " " if code.startswith("`") or code.endswith("`") else ""
            self._inline.append("\0" + ticks + pad + code + pad + ticks + "\0")

    def place(self) -> int:
        """Where the block has come to, for `raise_from`."""
        return len(self._inline)

    def raise_from(self, place: int, sign: str) -> None:
        """What was written since a place is raised or lowered, which a sign says of a number."""
        text = "".join(self._inline[place:]).strip()
        places = range(min(place, len(self._inline)) - 1, -1, -1)
        before = next((self._inline[at] for at in places if self._inline[at]), "")
        if before[-1:].isdigit() and POWER.match(text):
            self._inline[place:] = [sign + text]

    def image(self, alt: str) -> None:
        """What stands for an image; where a heading has words, they are its text."""
        alt = " ".join(alt.split())
        if self.hidden or not alt or _IS_FILE.fullmatch(alt):
            return
        (self._images if self._level else self._inline).append(alt)

    def line(self) -> None:
        """A break of the line within a block."""
        self.text("\n")

    def block(self, *, is_tight: bool = False) -> None:
        """What was written so far is a block; a tight one stands right below the one before."""
        if self._in_cell:
            if self._inline:
                self._inline.append(" ")
            return
        text = _one_block("".join(self._inline))
        images = " ".join(self._images)
        self._inline.clear()
        self._images.clear()
        level, self._level = self._level, 0
        if level:
            text = " ".join((text or images).split())
            if text:
                self.headings.append(Heading(level, text))
                text = f"{'#' * level} {text}"
        if text:
            self._put(text, is_tight=is_tight)

    def heading(self, level: int) -> None:
        """What comes up to the next block is a heading."""
        self.block()
        if not self._in_cell:
            self._level = level

    def fence(self, code: str, language: str = "") -> None:
        """A block of code, as it is."""
        if self.hidden:
            return
        if self._in_cell:
            self.code(code.strip("\n"))
            return
        self.block(is_tight=True)
        ticks = "`" * max(3, _longest(code) + 1)
        if code.strip():
            code = code if code.endswith("\n") else code + "\n"
            self._put(f"{ticks}{language}\n{code}{ticks}", is_tight=False)

    def enter(self, marker: str, rest: str | None = None) -> None:
        """An item of a list, or a quotation: what stands before its first line and the others."""
        self.block(is_tight=True)
        if not self._in_cell:
            self._marker = self._lead() + marker
            self._prefixes.append(" " * len(marker) if rest is None else rest)

    def list_begins(self, *, is_nested: bool) -> None:
        """What comes are items; a list of its own does not stand right below a paragraph."""
        self.block(is_tight=is_nested)
        self._is_apart = not is_nested

    def leave(self, *, is_tight: bool = True) -> None:
        self.block(is_tight=is_tight)
        if self._prefixes and not self._in_cell:
            self._prefixes.pop()
            self._marker = ""

    def table(self) -> None:
        self.block()
        self._tables.append(_Table())

    def row(self) -> None:
        if len(self._tables) == 1:
            self._cell_end()
            self._tables[0].rows.append([])

    def cell(self, *, is_header: bool = False) -> None:
        if len(self._tables) != 1:
            self.block()
            return
        self._cell_end()
        table = self._tables[0]
        if not table.rows:
            table.rows.append([])
        table.has_header |= is_header and len(table.rows) == 1
        table.rows[-1].append("")
        self._inline.clear()
        self._in_cell = True

    def end_cell(self) -> None:
        if len(self._tables) == 1:
            self._cell_end()

    def end_table(self) -> None:
        if len(self._tables) == 1:
            self._cell_end()
            self._write_table(self._tables[0])
        if self._tables:
            self._tables.pop()

    def whole(self) -> str:
        """All that was written."""
        while self._tables:
            self.end_table()
        self.block()
        return "".join(self._out)

    def _cell_end(self) -> None:
        if self._in_cell:
            self._in_cell = False
            text = _one_block("".join([*self._inline, *self._images]))
            self._tables[0].rows[-1][-1] = " ".join(text.split("\n")).replace("|", r"\|")
        self._inline.clear()

    def _write_table(self, table: _Table) -> None:
        rows = [row for row in table.rows if any(row)]
        columns = max(map(len, rows), default=0)
        if columns < 2 or all(sum(map(bool, row)) < 2 for row in rows):
            for row in rows:  # made for its looks
                for cell in filter(None, row):
                    self._put(cell.replace(r"\|", "|"), is_tight=False)
            return
        filled = [row + [""] * (columns - len(row)) for row in rows]
        if not table.has_header or not any(table.rows[0]):
            filled.insert(0, [""] * columns)
        lines = [f"| {' | '.join(row)} |" for row in filled]
        lines.insert(1, f"|{' --- |' * columns}")
        self._put("\n".join(lines), is_tight=False)

    def _lead(self) -> str:
        lead, self._marker = self._marker, ""
        return lead or "".join(self._prefixes)

    def _put(self, text: str, *, is_tight: bool) -> None:
        is_tight, self._is_apart = is_tight and not self._is_apart, False
        if self._out:
            # Within a quotation the blank line is part of it; where one begins it is not.
            around = self._prefixes[:-1] if self._marker else self._prefixes
            self._out.append("\n" if is_tight else f"\n{''.join(around).rstrip()}\n")
        lead, rest = self._lead(), "".join(self._prefixes)
        if not rest:
            self._out.append(lead + text)
            return
        first, *others = text.split("\n")
        self._out.append(lead + first)
        self._out += [f"\n{(rest + line).rstrip() if not line else rest + line}" for line in others]


def _longest(code: str) -> int:
    """The length of the longest run of backticks."""
    return max(map(len, _TICKS.findall(code))) if "`" in code else 0


def _one_block(text: str) -> str:
    """Lines without blanks around them, single blanks between words; code as it is."""
    if "  " in text or "\t" in text or "\u00a0" in text:
        parts = text.split("\0")
        parts[::2] = [_BLANKS.sub(" ", part) for part in parts[::2]]
        text = "".join(parts)
    else:
        text = text.replace("\0", "")
    if "\n" not in text:
        return text.strip(" ")
    lines = (line.strip(" ") for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
