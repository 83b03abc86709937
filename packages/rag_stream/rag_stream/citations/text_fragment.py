"""Text fragments: what makes a browser scroll to a quote on its own page, and mark it.

`#:~:text=start,end`, as browsers read it: words as the page shows them, from word to word. One
that stands alone has to be in one block of the page (a paragraph, a cell, an item), two may be
in different ones. The page is only known by its text in Markdown, so the words are taken from
lines, cells and items, and never across what is a mark there. Pure, linear.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple
from urllib.parse import quote as percent_encoded

from rag_stream.text.fences import FENCE, begins_in_code
from rag_stream.text.lines import lines
from rag_stream.text.markup import plain

MOST_WHOLE = 100
"""Characters of a quote that is given whole."""
_WORDS, _ENOUGH, _MOST_CHARS = 6, 12, 48
"""Of each end of a longer one: words, or characters where nothing stands between the words."""
_TELLING = 8
"""Characters that a page has hardly twice; of Chinese a third of them."""
_LONGEST = 2_000
"""Characters of a line that are looked at from either end of a quote."""
_DIRECTIVE = ":~:"

_BLOCK_MARKS = re.compile(r"\s*+(?:(?:>|[-*+]|\d{1,3}[.)]|#{1,6})(?:\s++|$)(?:\[[ xX]\]\s)?)*+")
_RULE = re.compile(r"[\s|:=*_-]*+$")
_BREAKS = re.compile(r"!\[[^\[\]]{0,300}+\](?:\([^()\s]{0,2000}+\))?|(?<!\\)\||<br\s*/?>")
_NOTE = re.compile(r"\s?(?:\[\^?\d{1,3}\]|\^\S*)")
"""A footnote's number, whose signs are ours or the page's; a raised sign."""
_WIDE_BLANK = re.compile(r"\t|\s{2,}")
_HALF = re.compile(r"\w[.'_-]?$")
_TO_BLANK, _FROM_BLANK = re.compile(r"^\S++"), re.compile(r"(?<!\S)\S+$")
_ANCHOR = re.compile(r"(?<=\w)[#\u00b6]$")
"""The sign of a link to a heading, which the page may hide."""
_LAST_WORD = re.compile(r"\w+$")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff66-\uff9f]")
_PAUSE = re.compile("[\u3001\u3002\uff0c\uff01\uff1a\uff1b\uff1f]")
_ENDS = " \t.,;:!?()[]\"'\u3001\u3002\uff0c\uff01\uff1a\uff1b\uff1f"


class _Run(NamedTuple):
    """Words that a page shows one after the other in one block."""

    text: str

    @property
    def is_telling(self) -> bool:
        """Whether it leads to one place of a page."""
        return len(self.text) + 2 * len(_UNSPACED.findall(self.text)) >= _TELLING


def with_quote(url: str, text: str, start: int, end: int) -> str:
    """The address of a page with the fragment of `text[start:end]`, where it has words.

    A fragment that the address has already stays.
    """
    url = url.partition(_DIRECTIVE)[0].removesuffix("#")
    words = words_of(text, start, end)
    if not words:
        return url
    sign = "" if "#" in url else "#"
    return f"{url}{sign}{_DIRECTIVE}text={','.join(map(_encoded, words))}"


def words_of(text: str, start: int, end: int) -> tuple[str, ...]:
    """What to look for: the quote whole, or how it begins and ends; nothing without words."""
    runs = list(_runs(text, start, end))
    if not runs:
        return ()
    if len(runs) == 1 and len(runs[0].text) <= MOST_WHOLE:
        return (runs[0].text,)
    # Words that stand all over a page say little; those lost at the ends are few.
    telling = [number for number, run in enumerate(runs) if run.is_telling]
    first = telling[0] if telling else 0
    last = telling[-1] if telling else len(runs) - 1
    if first == last:
        one = runs[first].text
        ends = _head(one), _tail(one)
        return ends if sum(map(len, ends)) < len(one) > MOST_WHOLE else (one,)
    return _head(runs[first].text), _tail(runs[last].text)


def _runs(text: str, start: int, end: int) -> Iterator[_Run]:
    for line in lines(text, in_code=begins_in_code(text)):
        if line.start >= end:
            return
        if line.start + len(line.line) <= start:
            continue
        begin, stop = max(0, start - line.start), min(len(line.line), end - line.start)
        if line.is_code:
            parts = [] if FENCE.match(line.line) else _WIDE_BLANK.split(line.line[begin:stop])
        elif _RULE.match(line.line):
            parts = []
        else:
            marks = _BLOCK_MARKS.match(line.line)
            begin = max(begin, marks.end() if marks else 0)
            unbroken = _unbroken(_ANCHOR.sub("", _whole_words(line.line, begin, stop)))
            # A tick that is left is half of a pair.
            parts = [part for one in unbroken for part in plain(one).split("`")]
        yield from (_Run(part.strip()) for part in parts if any(map(str.isalnum, part)))


def _whole_words(line: str, start: int, end: int) -> str:
    """A part of a line without the halves of words at its ends."""
    part = line[start:end]
    if _HALF.search(line[max(0, start - 2) : start]) and _goes_on(part[:1]):
        part = _TO_BLANK.sub("", part) or part
    if _HALF.search(part[-2:]) and _goes_on(line[end : end + 1]):
        part = _FROM_BLANK.sub("", part) or part
    return part


def _goes_on(sign: str) -> bool:
    return sign.isalnum() and not _UNSPACED.match(sign)


def _unbroken(line: str) -> Iterator[str]:
    """The parts of a line between what a page shows as something else than these signs."""
    if len(line) > 2 * _LONGEST:
        yield from (*_unbroken(line[:_LONGEST]), *_unbroken(line[-_LONGEST:]))
        return
    for part in _BREAKS.split(line):
        pieces = _NOTE.split(part)
        for number, piece in enumerate(pieces, 1):
            # What follows may be in one word with it on the page.
            yield piece if number == len(pieces) else _LAST_WORD.sub("", piece)


def _head(text: str) -> str:
    cut = _end(text.split(), text)
    return cut if cut == text else cut.rstrip(_ENDS)


def _tail(text: str) -> str:
    words = [word[::-1] for word in reversed(text.split())]
    cut = _end(words, text[::-1])[::-1]
    return cut if cut == text else cut.lstrip(_ENDS)


def _end(words: Sequence[str], text: str) -> str:
    """The first words of a text, few and enough; where it has no blanks, up to a pause."""
    lengths = list(accumulate(len(word) + 1 for word in words))
    some = [at for at, length in enumerate(lengths) if length <= _MOST_CHARS][:_WORDS]
    if some and (len(some) == _WORDS or lengths[some[-1]] > _ENOUGH):
        return " ".join(words[: some[-1] + 1])
    if _UNSPACED.search(text[:_MOST_CHARS]) is None:
        return " ".join(words[: len(some) + 1])
    pause = _PAUSE.search(text, _WORDS, _MOST_CHARS)
    return text[: pause.start() if pause else 2 * _ENOUGH]


def _encoded(words: str) -> str:
    # A hyphen, a comma and an ampersand would be signs of the fragment's own.
    return percent_encoded(words.encode("utf-8", "replace"), safe="").replace("-", "%2D")
