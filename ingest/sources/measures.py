"""How much of what is in each part of a page, counted in one walk over it."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from ingest.sources.element_kinds import BLOCKS, HEADINGS
from ingest.sources.opinion import Opinion

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_PROSE = frozenset(("blockquote", "dd", "p", "pre"))
_CHOICES = frozenset(("button", "input", "select"))
_SEARCH = re.compile(r"[qs]|query|.*search.*|.*e-?mail.*", re.I)


@dataclass(slots=True)
class Measure:
    """Counted over an element and all that is in it; texts in characters."""

    text: int = 0
    linked: int = 0
    prose: int = 0  # text in paragraphs, outside of links
    code: int = 0  # pieces of it
    links: int = 0
    headings: int = 0
    titles: int = 0  # of the first level, and more than a link
    mains: int = 0
    choices: int = 0
    fields: int = 0  # to write in
    kept: int = 0  # text that an opinion holds

    def add(self, other: "Measure") -> None:
        self.text += other.text
        self.linked += other.linked
        self.prose += other.prose
        self.code += other.code
        self.links += other.links
        self.headings += other.headings
        self.titles += other.titles
        self.mains += other.mains
        self.choices += other.choices
        self.fields += other.fields
        self.kept += other.kept

    @property
    def density(self) -> float:
        """The share of its text that is links."""
        return self.linked / self.text if self.text else 1.0


def measure(page: "HtmlElement", opinion: Opinion | None = None) -> dict["HtmlElement", Measure]:
    """Of every element that has attributes or children."""
    found: dict[HtmlElement, Measure] = {}
    stack = [Measure()]
    blocks = [stack[0]]
    paragraph: list[str] = []
    in_link = in_prose = 0
    for event, element in etree.iterwalk(page, events=("start", "end")):
        tag = element.tag
        is_block = opinion is not None and tag in BLOCKS
        if is_block and paragraph:
            _ask(opinion, paragraph, blocks[-1])
            paragraph = []
        if event == "start":
            here = Measure()
            stack.append(here)
            if is_block:
                blocks.append(here)
            if tag == "a":
                in_link += 1
                here.links = 1
            elif tag in _PROSE:
                in_prose += 1
                here.code = int(tag == "pre")
            elif tag in HEADINGS:
                here.headings = 1
            elif tag in ("main", "article") or element.get("role") == "main":
                here.mains = 1
            elif tag in _CHOICES and not _is_emptied(element):
                here.choices = 1
                here.fields = int(tag == "input" and _is_written_in(element))
            elif tag == "textarea":
                here.fields = 1
            text = element.text
        else:
            here = stack.pop()
            if is_block:
                blocks.pop()
            if element.attrib or len(element) or is_block:
                found[element] = here
            if tag == "h1" and here.text > here.linked:
                here.titles += 1
            stack[-1].add(here)
            in_link -= tag == "a"
            in_prose -= tag in _PROSE
            here = stack[-1]
            text = element.tail
        if text and (size := sum(map(len, text.split()))):
            if opinion is not None:
                paragraph.append(text)
            here.text += size
            if in_link:
                here.linked += size
            elif in_prose:
                here.prose += size
    return found


def _is_emptied(element: "HtmlElement") -> bool:
    """Whether it is a button of which only the place is left, as of one that copies code."""
    return not (element.tag != "button" or element.attrib or len(element) or element.text)


def _is_written_in(field: "HtmlElement") -> bool:
    """Whether it asks for more than a choice, an address or a word to search for."""
    is_text = (field.get("type") or "text").lower() == "text"
    return is_text and _SEARCH.fullmatch(field.get("name") or "") is None


def _ask(opinion: Opinion | None, paragraph: list[str], block: Measure) -> None:
    text = "".join(paragraph)
    if opinion is not None and opinion.holds(text):
        block.kept += sum(map(len, text.split()))
