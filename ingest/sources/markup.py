"""A part of a web page as Markdown-like text: every word once, in order, nothing else.

Headings are `#` lines, code is fenced, tables are pipe tables, lists are lists; blocks lie
between blank lines. Emphasis and the addresses of links are left away, and nothing is escaped:
the text is read and quoted, not rendered again.

The walk keeps its own stack, and indentation ends at a depth, so that time is linear however
deep a page is nested.
"""

import re
from typing import TYPE_CHECKING

from lxml import etree

from ingest.sources.block_writer import BREAK, BlockWriter
from ingest.sources.code_blocks import CODE_TAGS, code_of, fenced
from ingest.sources.element_kinds import BLOCKS, CELLS, HEADINGS
from ingest.sources.formulas import formula_of
from ingest.sources.inline_markup import InlineMarks
from ingest.sources.laid_out_code import make_code
from ingest.sources.page_lists import Lists, cards_of
from ingest.sources.page_tables import Table, laid_out, make_tables

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_APART = frozenset(["button", "input", "label", "option", "select", "textarea"])
"""Inline, but never one word with what stands beside it."""
_LABEL = re.compile(r"(?:admonition|callout|alert|custom-block)[\w-]*-?(?:title|heading)", re.I)
"""The classes of a line that belongs to the block under it: "Warning"."""


def to_text(part: "HtmlElement") -> str:
    """`part` as text. What readers do not see must have been taken out of it."""
    make_code(part)
    make_tables(part)
    return _Walk(part).text()


class _Walk:
    """One walk over a part of a page."""

    def __init__(self, part: "HtmlElement") -> None:
        self._part = part
        self._layout = laid_out(part)
        self._writer = BlockWriter()
        self._marks = InlineMarks(self._writer)
        self._lists = Lists(self._writer, cards_of(part))
        self._tables: list[Table | None] = []

    def text(self) -> str:
        inline = self._writer
        walk = etree.iterwalk(self._part, events=("start", "end"))
        for event, element in walk:
            if event == "start":
                if self._replaced(element):
                    walk.skip_subtree()
                    continue
                self._start(element)
                if element.text:
                    inline.inline.append(element.text)
            else:
                if not self._is_replaced(element):
                    self._end(element)
                if element is not self._part and element.tail:
                    inline.inline.append(element.tail)
        self._writer.end_paragraph()
        return "".join(self._writer.blocks)

    @staticmethod
    def _is_replaced(element: "HtmlElement") -> bool:
        return element.tag in CODE_TAGS or element.tag in ("br", "img", "input", "math", "svg")

    def _replaced(self, element: "HtmlElement") -> bool:
        """Write an element whose inside is none of the walk's business."""
        if not self._is_replaced(element):
            return False
        writer, tag = self._writer, element.tag
        if tag == "br":
            writer.inline.append(" " if writer.flat else BREAK)
        elif tag == "math":
            writer.inline.append(formula_of(element))
        elif tag == "svg":
            for label in element.iter("text", "{*}text"):
                self._marks.apart(" ".join("".join(label.itertext()).split()))
        elif tag == "img":
            self._image(element)
        elif tag == "input":
            if (element.get("type") or "").lower() == "checkbox" and self._lists.in_item():
                writer.inline.append("[ ] " if element.get("checked") is None else "[x] ")
        else:
            self._code(element)
        return True

    def _code(self, element: "HtmlElement") -> None:
        code, language = code_of(element)
        if self._writer.flat:
            self._marks.apart(" ".join(code.split()))
            return
        self._writer.end_paragraph()
        if code:
            self._writer.block(fenced(code, language))

    def _image(self, element: "HtmlElement") -> None:
        alt = " ".join((element.get("alt") or "").split())
        classes = (element.get("class") or "").lower()
        parent = element.getparent()
        alone = parent is not None and parent.tag in CELLS and len(parent) == 1
        if "math" in classes or "latex" in classes or "emoji" in classes:
            self._writer.inline.append(alt)
        elif (
            alone
            and self._table is not None
            and not (parent.text or element.tail or "").strip()
            and len(alt) < 30
        ):
            self._writer.inline.append(alt)  # a tick in a table says something

    def _start(self, element: "HtmlElement") -> None:
        writer, tag = self._writer, element.tag
        if tag in BLOCKS:
            writer.end_paragraph()
        elif tag in _APART:
            writer.inline.append(" ")
        else:
            self._marks.start(element)
            return
        if tag in HEADINGS:
            writer.flat += 1
            writer.heading = True
        elif tag == "table":
            is_table = not (writer.flat or element in self._layout)
            self._tables.append(Table() if is_table else None)
        elif tag in CELLS and self._table is not None:
            writer.flat += 1
            writer.inline.clear()
        else:
            self._lists.start(element)

    def _end(self, element: "HtmlElement") -> None:
        writer, tag, table = self._writer, element.tag, self._table
        if tag in _APART:
            writer.inline.append(" ")
            return
        if tag not in BLOCKS:
            self._marks.end(element)
            return
        if tag in HEADINGS:
            writer.flat -= 1
            if writer.flat == 0:
                writer.heading = False
                self._heading(int(tag[1]))
        elif tag in CELLS and table is not None:
            writer.flat -= 1
            table.cell(writer.take(), element)
        elif tag == "tr" and table is not None:
            parent = element.getparent()
            table.end_row(in_head=parent is not None and parent.tag == "thead")
        elif tag == "table":
            self._tables.pop()
            if table is not None and table.lines:
                writer.block("\n".join(table.lines))
        writer.end_paragraph()
        self._lists.end(element)
        if tag == "summary" or _LABEL.search(element.get("class") or ""):
            writer.close = not writer.flat

    def _heading(self, level: int) -> None:
        if text := self._writer.take().replace("\n", " "):
            number = self._lists.number_of_card()
            self._writer.block(f"{'#' * level} {number}{text}")

    @property
    def _table(self) -> Table | None:
        return self._tables[-1] if self._tables else None
