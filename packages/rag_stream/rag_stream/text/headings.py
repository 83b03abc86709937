"""The headings of a Markdown text, and the path of them above each place. Pure, linear."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rag_stream.text.lines import lines
from rag_stream.text.markup import plain

SEPARATOR = " > "
MAX_SECTION = 300
"""Characters of a path; the outermost headings of a longer one are left out."""
_MAX_HEADING = 120
_NO_LEVEL = 7

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
        self._headings = tuple(headings(text))
        self._starts = [heading.start for heading in self._headings]
        self._above = list(_stacks(self._headings))

    def section(self, start: int, end: int) -> str:
        """The path of headings above a part of the text, such as "Guide > Install"; "" without.

        It is below those that it begins with, too, as far as all of it is.
        """
        found, text = self._headings, self._text
        first = bisect_left(self._starts, start)
        at, place = first, start
        if at and start < found[at - 1].end:
            place = found[at - 1].end
        while at < len(found) and found[at].start < end:
            if text[place : found[at].start].strip():
                break
            place = found[at].end
            at += 1
        later = found[at : bisect_left(self._starts, end)]
        level = min((heading.level for heading in later), default=_NO_LEVEL)
        above = self._above[at - 1] if at else ()
        return _path([one.text for one in above if one.start < start or one.level < level])


def _stacks(found: Sequence[Heading]) -> Iterator[tuple[Heading, ...]]:
    """Each heading behind those it is below."""
    above: list[Heading] = []
    for heading in found:
        while above and above[-1].level >= heading.level:
            above.pop()
        above.append(heading)
        yield tuple(above)


def _path(texts: Sequence[str]) -> str:
    texts = [text for text in texts if text]
    while len(SEPARATOR.join(texts)) > MAX_SECTION:
        texts = texts[1:]
    return SEPARATOR.join(texts)
