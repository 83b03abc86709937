"""Lists of a web page: bulleted, numbered, of definitions, and quotations."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from ingest.sources.block_writer import BlockWriter, Frame
from ingest.sources.element_kinds import HEADINGS
from ingest.sources.numbering import numbered

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_LISTS = frozenset(("dir", "menu", "ol", "ul"))
_STYLES = {"loweralpha": "a", "upperalpha": "A", "lowerroman": "i", "upperroman": "I"}
"""The classes that say how a list is numbered; of docutils and Asciidoctor."""
_CSS = re.compile(r"list-style(?:-type)?\s*:[^;]*?\b(lower|upper)-(alpha|latin|roman)", re.I)


@dataclass(slots=True)
class _List:
    numbered: bool
    number: int
    step: int
    style: str
    items: int = 0


class Lists:
    """The lists that the walk is in. Told of the start and the end of every block."""

    def __init__(self, writer: BlockWriter, cards: "set[HtmlElement]") -> None:
        self._writer = writer
        self._cards = cards
        self._lists: list[_List] = []
        self._items: list[Frame | None] = []  # None: of a card, which is a part of the page
        self._number = ""

    def in_item(self) -> bool:
        return bool(self._items)

    def number_of_card(self) -> str:
        """What stands in front of the heading of a numbered card, once."""
        number, self._number = self._number, ""
        return number

    def start(self, element: "HtmlElement") -> None:
        tag, writer = element.tag, self._writer
        if tag in _LISTS:
            self._lists.append(_list(element))
        elif tag == "li":
            self._start_item(element)
        elif tag == "blockquote":
            writer.frames.append(Frame("> ", "> "))
        elif tag == "dt":
            parent = element.getparent()
            is_first = writer.close and bool(writer.lead)  # of what explains another term
            is_unclosed = parent is not None and parent.tag == "dt"
            writer.close = is_first or is_unclosed
        elif tag == "dd":
            if writer.close:
                above = writer.blocks[-1] if writer.blocks else ""
                writer.lead = "" if above.endswith((":", "\uff1a")) else ": "
            elif not writer.flat:
                writer.lead = ": "

    def end(self, element: "HtmlElement") -> None:
        tag, writer = element.tag, self._writer
        if tag in _LISTS:
            if self._lists:
                self._lists.pop()
            writer.close = False
        elif tag == "li":
            frame = self._items.pop()
            if frame is not None:
                writer.frames.pop()
                if self._lists:
                    self._lists[-1].items += frame.begun
            self._number = ""
        elif tag == "blockquote":
            writer.frames.pop()
        elif tag == "dt":
            writer.close = not writer.flat
        elif tag == "dd":
            writer.lead = ""
        elif tag == "dl":
            writer.close, writer.lead = False, ""

    def _start_item(self, element: "HtmlElement") -> None:
        writer = self._writer
        inside = self._lists[-1] if self._lists else _List(False, 1, 1, "")
        value = _integer(element.get("value"))
        number = inside.number if value is None else value
        inside.number = number + inside.step
        marker = f"{numbered(number, inside.style)}. " if inside.numbered else "- "
        if element in self._cards:
            self._items.append(None)
            self._number = marker if inside.numbered else ""
            return
        frame = Frame(marker, " " * len(marker))
        around = self._items[-1] if self._items else None
        writer.close = writer.close or inside.items > 0 or around is not None
        writer.lead = ""
        if around is not None and not around.begun:
            around.first = around.rest  # nothing of its own: it is there for the list in it
            writer.close = (writer.close and inside.items > 0) or (
                len(self._lists) > 1 and self._lists[-2].items > 0
            )
        writer.frames.append(frame)
        self._items.append(frame)


def _list(element: "HtmlElement") -> _List:
    if element.tag != "ol":
        return _List(False, 1, 1, "")
    first, step = _integer(element.get("start")), 1
    if element.get("reversed") is not None:
        step = -1
        first = first if first is not None else sum(child.tag == "li" for child in element)
    return _List(True, 1 if first is None else first, step, _style(element))


def _style(element: "HtmlElement") -> str:
    """What numbers the items: the letter or the number that the first one has."""
    kind: str | None = element.get("type")
    if kind in ("a", "A", "i", "I"):
        return kind
    if found := _CSS.search(element.get("style") or ""):
        name = f"{found[1]}{found[2]}".lower().replace("latin", "alpha")
        return _STYLES[name]
    classes = (element.get("class") or "").split()
    return next((_STYLES[name] for name in classes if name in _STYLES), "")


def _integer(value: str | None) -> int | None:
    value = (value or "").strip()
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else None


def cards_of(part: "HtmlElement") -> set["HtmlElement"]:
    """The items with headings in them: parts of the page, which a list only lays out."""
    found: set[HtmlElement] = set()
    items: list[HtmlElement] = []
    for event, element in etree.iterwalk(part, events=("start", "end")):
        if element.tag == "li":
            if event == "start":
                items.append(element)
            elif items:
                items.pop()
        elif element.tag in HEADINGS and event == "start":
            for item in reversed(items):
                if item in found:
                    break
                found.add(item)
    return found
