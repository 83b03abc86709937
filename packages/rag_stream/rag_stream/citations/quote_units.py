"""What can be quoted of a document: its sentences, rows and code, and the lines that are none."""

import re
from typing import NamedTuple

from rag_stream.text.blocks import whole
from rag_stream.text.folding import folded
from rag_stream.text.keywords import WORD, terms
from rag_stream.text.scripts import UNSPACED_OR_HANGUL
from rag_stream.text.sentences import split_sentences
from rag_stream.text.tables import tables

MAX_QUOTE = 400
"""Characters of the longest quote."""

_PLACE = re.compile("\\s|[\u3001\uff0c\uff1b\uff1a\u3002]")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


class Unit(NamedTuple):
    """A part of a page, `page[start:end]`, never longer than MAX_QUOTE, and its words."""

    start: int
    end: int
    words: frozenset[str]
    is_whole: bool = False
    """A row or code, which says nothing more with a sentence beside it."""
    is_head: bool = False
    """The names of a table's columns, which an answer about any of its rows may repeat."""


def words(text: str) -> frozenset[str]:
    """The stems of the words that carry meaning; pairs of characters in unspaced scripts."""
    if "," in text:
        text = _THOUSANDS.sub("", text)
    return terms(text, UNSPACED_OR_HANGUL) or frozenset(WORD.findall(folded(text).casefold()))


def units(page: str, start: int, end: int) -> list[Unit]:
    """The units of `page[start:end]` in order, not overlapping; together all its words."""
    found: list[Unit] = []
    at = start
    heads = {table.head.start for table in tables(page[start:end]) if table.head is not None}
    for first, last in whole(page[start:end]):
        if last - first > MAX_QUOTE:  # in parts, as other text
            continue
        _add_sentences(found, page, at, start + first)
        if WORD.search(page, start + first, start + last) is not None:
            _add(found, page, start + first, start + last, is_whole=True)
            found[-1] = found[-1]._replace(is_head=first in heads)
        at = start + last
    _add_sentences(found, page, at, end)
    return found


def _add_sentences(found: list[Unit], page: str, start: int, end: int) -> None:
    at = start
    for sentence in split_sentences(page[start:end]):
        first, last = start + sentence.start, start + sentence.end
        _add_lines(found, page, at, first)
        _add(found, page, first, last)
        at = last
    _add_lines(found, page, at, end)


def _add_lines(found: list[Unit], page: str, start: int, end: int) -> None:
    """What is between sentences: headings, code, list marks."""
    for line in page[start:end].splitlines(keepends=True):
        if WORD.search(line) is not None:
            _add(found, page, start, start + len(line))
        start += len(line)


def _add(found: list[Unit], page: str, start: int, end: int, *, is_whole: bool = False) -> None:
    while start < end:
        cut = end
        if end - start > MAX_QUOTE:
            half, most = start + MAX_QUOTE // 2, start + MAX_QUOTE
            places = [place.end() for place in _PLACE.finditer(page, half, most)]
            cut = places[-1] if places else most
        piece = page[start:cut]
        first = start + len(piece) - len(piece.lstrip())
        last = first + len(piece.strip())
        if first < last:
            found.append(Unit(first, last, words(page[first:last]), is_whole))
        start = cut
