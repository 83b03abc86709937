"""What of a page may be an answer: its sentences, the rows of its tables, its blocks of code."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rag_stream.text.blocks import Code, code_blocks
from rag_stream.text.keywords import WORD, terms
from rag_stream.text.sentences import Sentence, split_sentences
from rag_stream.text.tables import Row, columns_of, named, tables

MAX_TOLD = 400
"""Characters that are told of a row; of a longer one its first cell and those asked for."""
MAX_CODE = 1_500
"""Characters of a block of code; a longer one is no answer."""
_MAX_LEAD = 300


class Passage(NamedTuple):
    """A part of a page, `text == page[start:end]`.

    `told`: how it is said, where that is otherwise. `opens`, `closes`: as of a sentence.
    `is_block`: a row or code, which is always whole.
    """

    text: str
    start: int
    end: int
    opens: bool
    closes: bool
    told: str = ""
    is_block: bool = False


def passages(page: str, columns: str, asked: frozenset[str]) -> list[Passage]:
    """The passages of a page in order, not overlapping.

    `columns`: of the table that the page begins in, if it does. `asked`: the question's words.
    """
    blocks = [block for block in code_blocks(page) if block.end - block.start <= MAX_CODE]
    rows = [
        (row, table.columns) for table in tables(page, columns_of(columns)) for row in table.rows
    ]
    if not (blocks or rows):
        return [Passage(*sentence) for sentence in split_sentences(page)]
    found = [_row(page, row, names, asked) for row, names in rows if WORD.search(page, *row[:2])]
    heads = [(table.start, table.end) for table in tables(page, columns_of(columns))]
    taken = sorted([*heads, *((block.start, block.end) for block in blocks)])
    sentences = [one for one in split_sentences(page) if not _is_within(one, taken)]
    for block in blocks:
        lead = _lead(page, block, sentences)
        if lead is not None:
            sentences.remove(lead)
        found.append(_code(page, block, lead))
    found += [Passage(*sentence) for sentence in sentences]
    return sorted(found, key=lambda passage: passage.start)


def _is_within(sentence: Sentence, taken: Sequence[tuple[int, int]]) -> bool:
    return any(start <= sentence.start < end for start, end in taken)


def _row(page: str, row: Row, columns: Sequence[str], asked: frozenset[str]) -> Passage:
    told = "; ".join(_told(named(row, columns), asked))
    return Passage(page[row.start : row.end], row.start, row.end, True, True, told, is_block=True)


def _told(pairs: Sequence[tuple[str, str]], asked: frozenset[str]) -> Iterator[str]:
    """The cells with the names of their columns, as many as there is room for, in order."""
    texts = [f"{name.rstrip(':')}: {cell}" if name else cell for name, cell in pairs]
    wanted = sorted(range(len(texts)), key=lambda at: (at > 0, -len(asked & terms(texts[at])), at))
    left, kept = MAX_TOLD, set[int]()
    for at in wanted:
        if len(texts[at]) <= left or not kept:
            kept.add(at)
            left -= len(texts[at]) + 2
    return (text[:MAX_TOLD] for at, text in enumerate(texts) if at in kept)


def _lead(page: str, block: Code, sentences: Sequence[Sentence]) -> Sentence | None:
    """The sentence that announces the code, right before it."""
    before = [one for one in sentences if one.end <= block.start][-1:]
    for one in before:
        between = page[one.end : block.start]
        if page[one.start : one.end + 2].rstrip().endswith(":") and not between.strip(": \t\r\n*_"):
            return one if block.start - one.start <= _MAX_LEAD else None
    return None


def _code(page: str, block: Code, lead: Sentence | None) -> Passage:
    start = block.start if lead is None else lead.start
    text = page[start : block.end]
    told = "" if block.closed else f"{text}\n{block.fence}"
    return Passage(text, start, block.end, True, True, told, is_block=True)
