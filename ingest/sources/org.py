"""Org files to plain Markdown. Pure.

A small reader of what people write: headlines, lists, tables, blocks, links, marks of emphasis.
It evaluates nothing (no macros, formulas, column views); `orgparse`, the library that is kept up,
reads the outline alone and leaves the text of a section as it is.
"""

import re
import textwrap
from dataclasses import dataclass, field

from ingest.sources.details import bounded
from ingest.sources.extracted import Extracted
from ingest.sources.html import tidy_title
from ingest.sources.org_words import words_of
from ingest.sources.plain_text import unix_lines

_HEADLINE = re.compile(r"(\*+)[ \t]+(.*)$")
_STATE = re.compile(r"(?:TODO|DONE|NEXT|WAITING|CANCELLED|CANCELED|COMMENT)[ \t]+")
_PRIORITY = re.compile(r"\[#[A-Z0-9]\][ \t]*")
_TAGS = re.compile(r"[ \t]+:[\w@#%:]+:[ \t]*$")
_KEYWORD = re.compile(r"[ \t]*#\+([\w-]+):[ \t]*(.*)$")
_BEGIN = re.compile(r"[ \t]*#\+begin_(\w+)[ \t]*(\S*).*$", re.I)
_END = re.compile(r"[ \t]*#\+end_(\w+)", re.I)
_DRAWER = re.compile(r"[ \t]*:(?!end:)[A-Za-z_-]+:[ \t]*$", re.I)
_DRAWER_END = re.compile(r"[ \t]*:end:[ \t]*$", re.I)
_PLANNED = re.compile(r"[ \t]*(?:CLOSED|SCHEDULED|DEADLINE|CLOCK):")
_RULE = re.compile(r"[ \t]*-{5,}[ \t]*$")
_TABLE_RULE = re.compile(r"[ \t]*\|[-+]+\|?[ \t]*$")
_ITEM = re.compile(r"[ \t]*(?:[-+]|\d+[.)])[ \t]|[ \t]+\*[ \t]")
_TERM = re.compile(r"^([ \t]*+[-+*][ \t]++)(.*?\S)[ \t]++::(?:[ \t]+|$)", re.S | re.M)
_ALIGNED = re.compile(r"(?:<[lcr]?\d*>)?")
_AS_CODE = ("src", "example")
_UNSEEN = ("comment", "export")


@dataclass(slots=True)
class _Reading:
    out: list[str] = field(default_factory=list)
    about: dict[str, str] = field(default_factory=dict)
    includes: list[str] = field(default_factory=list)
    block: str = ""
    in_drawer: bool = False
    hidden_below: int = 0
    was_row: bool = False
    open: list[str] = field(default_factory=list)
    """The lines of a paragraph or an item that has not ended yet."""
    macros: dict[str, str] = field(default_factory=dict)
    code_at: int = 0
    """The place among `out` of the code that the block is."""
    first: str = ""
    """The first headline that has words."""
    ends: frozenset[str] = frozenset()
    """What is ended below the line: blocks by name, and `:` for a drawer."""

    def words(self, text: str) -> str:
        return words_of(text, self.macros)

    def end_paragraph(self) -> None:
        """Write what is open: a mark may begin in one line and end in the next."""
        if self.open:
            text = "\n".join(self.open)
            if "::" in text:
                text = _TERM.sub(r"\1\2: ", text, count=1)
            self.out += (line.rstrip() for line in self.words(text).split("\n"))
            self.open.clear()


def extract_org(text: str) -> Extracted:
    """What is indexed of an Org file; titled by `#+TITLE` or its first headline."""
    reading = _Reading()
    lines = unix_lines(text).split("\n")
    for line, ends in zip(lines, _ends_below(lines), strict=True):
        reading.ends = ends
        _read(line, reading)
    reading.end_paragraph()
    whole = re.sub(r"\n{3,}", "\n\n", "\n".join(reading.out)).strip("\n")
    title = reading.words(reading.about.get("title", "")) or reading.first
    tags = reading.about.get("filetags") or reading.about.get("keywords", "")
    details = {
        "description": reading.about.get("description", ""),
        "tags": ", ".join(tag.strip() for tag in re.split(r"[:,\s]+", tags) if tag.strip()),
    }
    name = tidy_title(title.replace("`", ""))
    return Extracted(whole, name, bounded(details), tuple(reading.includes))


def _ends_below(lines: list[str]) -> list[frozenset[str]]:
    """Of each line what is ended below it, a drawer before the next headline."""
    found: list[frozenset[str]] = []
    ends: frozenset[str] = frozenset()
    for line in reversed(lines):
        found.append(ends)
        if _HEADLINE.match(line):
            ends -= {":"}
        elif _DRAWER_END.match(line):
            ends |= {":"}
        elif end := _END.match(line):
            ends |= {end[1].lower()}
    return found[::-1]


def _read(line: str, reading: _Reading) -> None:
    if reading.block:
        end = _END.match(line)
        if end and end[1].lower() == reading.block:
            _end_block(reading)
        elif reading.block in _AS_CODE:
            reading.out.append(re.sub(r"^([ \t]*),(?=\*|#\+|,)", r"\1", line))
        elif reading.block == "quote":
            reading.open.append(line.strip())
        elif reading.block not in _UNSEEN:
            reading.open.append(line)
        return
    if reading.in_drawer:
        reading.in_drawer = _DRAWER_END.match(line) is None
        return
    if headline := _HEADLINE.match(line):
        reading.end_paragraph()
        _headline(len(headline[1]), headline[2], reading)
    elif not reading.hidden_below:
        _body(line, reading)


def _headline(level: int, words: str, reading: _Reading) -> None:
    if reading.hidden_below and level > reading.hidden_below:
        return
    tags = _TAGS.search(words)
    is_hidden = words.startswith("COMMENT ") or (tags is not None and ":noexport:" in tags[0])
    reading.hidden_below = level if is_hidden else 0
    if is_hidden:
        return
    words = _TAGS.sub("", words)
    words = _PRIORITY.sub("", _STATE.sub("", words, count=1), count=1)
    words = reading.words(words)
    reading.first = reading.first or words
    reading.out += ["", f"{'#' * min(level, 6)} {words}", ""]
    reading.was_row = False


def _body(line: str, reading: _Reading) -> None:
    begin = _BEGIN.match(line)
    if not _goes_on(line):
        reading.end_paragraph()
    if begin and begin[1].lower() in reading.ends:
        reading.block = begin[1].lower()
        reading.out.append("")
        reading.code_at = len(reading.out)
        if reading.block in _AS_CODE:
            reading.out.append(f"```{begin[2] if reading.block == 'src' else ''}")
    elif keyword := _KEYWORD.match(line):
        name = keyword[1].lower()
        if name == "include":
            reading.includes.append(keyword[2].split('"')[1] if '"' in keyword[2] else keyword[2])
        elif name == "caption":
            reading.out += [reading.words(keyword[2]), ""]
        elif name == "macro":
            name, _, meaning = keyword[2].partition(" ")
            reading.macros[name.lower()] = meaning.strip()
        elif keyword[2].strip():
            reading.about.setdefault(name, keyword[2].strip())
    elif _DRAWER.match(line) and ":" in reading.ends:
        reading.in_drawer = True
    elif begin or _DRAWER_END.match(line):
        return  # of what nothing ends, or begins
    elif line.lstrip().startswith("# ") or line.strip() == "#" or _PLANNED.match(line):
        return
    elif _TABLE_RULE.match(line) or line.lstrip().startswith("|"):
        _row(line, reading)
    elif line.lstrip().startswith(": "):
        reading.out.append(f"    {line.lstrip()[2:]}")
    else:
        reading.was_row = False
        if line.strip() and not _RULE.match(line):
            reading.open.append(line)
        else:
            reading.out.append("")


def _goes_on(line: str) -> bool:
    """Whether it may be part of the paragraph or the item before it."""
    return bool(line.strip()) and not (
        _ITEM.match(line)
        or _KEYWORD.match(line)
        or _BEGIN.match(line)
        or _RULE.match(line)
        or line.lstrip().startswith(("|", "# ", ": "))
    )


def _row(line: str, reading: _Reading) -> None:
    if _TABLE_RULE.match(line):
        return
    cells = [reading.words(cell.strip()) for cell in line.strip().strip("|").split("|")]
    if all(map(_ALIGNED.fullmatch, cells)):
        return  # how the columns are set
    reading.out.append(f"| {' | '.join(cells)} |")
    if not reading.was_row:
        reading.out.append(f"|{' --- |' * len(cells)}")
    reading.was_row = True


def _end_block(reading: _Reading) -> None:
    if reading.block in _AS_CODE:
        code = textwrap.dedent("\n".join(reading.out[reading.code_at + 1 :]))
        reading.out[reading.code_at + 1 :] = [code, "```"]
    reading.end_paragraph()
    if reading.block == "quote":
        quoted = "\n".join(reading.out[reading.code_at :]).split("\n")
        reading.out[reading.code_at :] = [f"> {line}".rstrip() for line in quoted]
    reading.block = ""
    reading.out.append("")
