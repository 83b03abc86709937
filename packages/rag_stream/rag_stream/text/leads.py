"""What a passage is about where no heading says it: how its paragraph begins. Pure, linear.

In a file of many short documents, abstracts, notices or entries one after another, only the
first sentence or the title line of each names what the rest of it speaks of.
"""

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from rag_stream.text.lines import Line, lines
from rag_stream.text.markup import plain
from rag_stream.text.sentences import split_sentences
from rag_stream.text.weight import weight

FAR = 600
"""Weight after which a part of a paragraph is led by its beginning; what is nearer leans on that
anyway, as its neighbour does, and has to be told from it."""
MOST = 4_000
"""Weight of one document; where nothing parts a longer run of lines, each long line is one."""
WIDE = 200
"""Weight of such a line."""
MAX_LEAD = 300
"""Characters of a lead."""
_TITLE = 150
"""Weight of a line that stands alone above a paragraph, and is its title."""
_LOOKED_AT = 1_200
_TITLE_ENDS = "?)\u201d\u300b\u300d\uff1f\uff09"
_NO_TITLE_START = ("-", "*", "+", ">", "|", "\u2022")


class _Block(NamedTuple):
    start: int
    end: int
    title: str = ""


class Leads:
    """The leads of the paragraphs of one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._blocks = list(_long(text, _blocks(text)))
        self._starts = [block.start for block in self._blocks]
        self._found: dict[int, str] = {}  # of the blocks asked for so far

    def __call__(self, start: int, end: int) -> str:
        """That of the paragraph which this part begins far within; "" without."""
        at = bisect_right(self._starts, start) - 1
        if at < 0 or self._blocks[at].end <= (start + end) // 2:
            return ""
        begins = self._blocks[at].start
        if weight(self._text[begins : min(start, begins + FAR)]) < FAR:
            return ""
        if at not in self._found:
            self._found[at] = _lead(self._text, self._blocks[at])
        return self._found[at]


def _lead(text: str, block: _Block) -> str:
    told = text[block.start : min(block.end, block.start + _LOOKED_AT)]
    first = next((sentence.text for sentence in split_sentences(told)), "")
    parts = (block.title, " ".join(plain(first).split()))
    return ": ".join(part for part in parts if part)[:MAX_LEAD].rstrip()


def _blocks(text: str) -> Iterator[list[Line]]:
    """Lines that stand together: between blank lines, code, headings and tables."""
    block: list[Line] = []
    for line in lines(text):
        bare = line.line.strip()
        if bare and not line.is_code and bare[0] not in "#|":
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _long(text: str, blocks: Iterator[list[Line]]) -> Iterator[_Block]:
    title = ""
    for block in blocks:
        start, end = block[0].start, block[-1].start + len(block[-1].line)
        heavy = weight(text[start:end])
        if heavy > MOST:
            for line in block:
                if weight(line.line) >= WIDE:
                    yield _Block(line.start, line.start + len(line.line))
        else:
            yield _Block(start, end, title)
        title = _title(block) if heavy <= _TITLE else ""


def _title(block: list[Line]) -> str:
    """The words of a line that stands alone and is no sentence."""
    bare = block[0].line.strip()
    words = " ".join(plain(bare).split())
    if len(block) > 1 or not words or bare.startswith(_NO_TITLE_START):
        return ""
    return words if words[-1].isalnum() or words[-1] in _TITLE_ENDS else ""
