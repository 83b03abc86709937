"""How much of what is in each part of a page, counted in one walk over it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from ingest.sources.element_kinds import BLOCKS, HEADINGS
from ingest.sources.opinion import Opinion

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_PROSE = frozenset(("blockquote", "dd", "p", "pre"))
_CHOICES = frozenset(("button", "input", "select"))


@dataclass(slots=True)
class Measure:
    """Counted over an element and all that is in it; texts in characters."""

    text: int = 0
    linked: int = 0
    prose: int = 0  # text in paragraphs, outside of links
    commas: int = 0
    links: int = 0
    headings: int = 0
    titles: int = 0  # of the first level, and more than a link
    mains: int = 0
    choices: int = 0
    kept: int = 0  # text that an opinion holds

    def add(self, other: "Measure") -> None:
        self.text += other.text
        self.linked += other.linked
        self.prose += other.prose
        self.commas += other.commas
        self.links += other.links
        self.headings += other.headings
        self.titles += other.titles
        self.mains += other.mains
        self.choices += other.choices
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
            elif tag in HEADINGS:
                here.headings = 1
            elif tag in ("main", "article") or element.get("role") == "main":
                here.mains = 1
            elif tag in _CHOICES:
                here.choices = 1
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
                here.commas += text.count(",") + text.count("\u3001") + text.count("\uff0c")
    return found


def _ask(opinion: Opinion | None, paragraph: list[str], block: Measure) -> None:
    text = "".join(paragraph)
    if opinion is not None and opinion.holds(text):
        block.kept += sum(map(len, text.split()))
