"""The headings of a Markdown text, and the path of them above each place. Pure, linear."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rag_stream.text.lines import lines
from rag_stream.text.markup import plain

SEPARATOR = " > "
MAX_SECTION = 300
"""Characters of a path; the outermost headings of a longer one are left out."""
_MAX_HEADING = 120

_HASHES = re.compile(r" {0,3}(#{1,6})(?:[ \t]|$)")
_UNDER = re.compile(r" {0,3}(?:(=++)|-{2,}+)[ \t]*+$")
# What no line under which a rule stands is the heading of.
_NO_TITLE = re.compile(
    r"\s{4}|\t|\s*(?:[>|<]|[-*+][ \t]|\d{1,9}[.)][ \t]|:{3}|!!!|={2,}\s*$|-{2,}\s*$)"
)


class Heading(NamedTuple):
    """A heading, with its line below if it has one; one without words ends sections, too."""

    start: int
    end: int
    level: int
    text: str


def headings(text: str) -> Iterator[Heading]:
    """Those of `#` and those underlined with `=` or `-`, outside of code, in order."""
    if not any(sign in text for sign in ("#", "=", "--")):
        return
    above, start = "", 0  # the line before, where it is a paragraph of one line so far
    is_alone = True
    for at, line, is_code in lines(text):
        bare = line.strip()
        if is_code or not bare:
            above, is_alone = "", True
            continue
        if (mark := _HASHES.match(line)) is not None:
            end = at + len(line)
            yield Heading(at, end, len(mark[1]), _title(bare[len(mark[1]) :]))
            above, is_alone = "", True
            continue
        if above and (under := _UNDER.match(line)) is not None:
            yield Heading(start, at + len(line), 1 if under[1] else 2, _title(above))
            above, is_alone = "", True
            continue
        is_title = is_alone and _NO_TITLE.match(line) is None
        above, start = (bare, at) if is_title else ("", 0)
        is_alone = False


def _title(words: str) -> str:
    words = words.strip()
    bare = words.rstrip("#")
    if not bare or bare[-1] in " \t":  # hashes may end it, too
        words = bare
    text = plain(words)
    return text if len(text) <= _MAX_HEADING else f"{text[: _MAX_HEADING - 1].rstrip()}\u2026"


class Outline:
    """The sections of one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._headings: Sequence[Heading] = tuple(headings(text))
        self._starts = [heading.start for heading in self._headings]
        self._paths = list(_paths(self._headings))

    def section(self, place: int) -> str:
        """The path of headings above the place, such as "Guide > Install"; empty without any.

        Those that begin there, with nothing between them, are above what follows them.
        """
        at = bisect_right(self._starts, place)
        if at and place < self._headings[at - 1].end:
            place = self._headings[at - 1].end
        while at < len(self._starts) and not self._text[place : self._starts[at]].strip():
            place = self._headings[at].end
            at += 1
        return self._paths[at - 1] if at else ""


def _paths(found: Sequence[Heading]) -> Iterator[str]:
    open_: list[Heading] = []
    for heading in found:
        while open_ and open_[-1].level >= heading.level:
            open_.pop()
        open_.append(heading)
        texts = [one.text for one in open_ if one.text]
        while len(SEPARATOR.join(texts)) > MAX_SECTION:
            texts = texts[1:]
        yield SEPARATOR.join(texts)
