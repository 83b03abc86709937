"""What of a page may be an answer: its sentences, the rows of its tables, its blocks of code."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rag_stream.models.local.cut_code import Cut, cut_of
from rag_stream.text.blocks import Code, code_blocks
from rag_stream.text.fences import closing_fence
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
    `is_block`: a row or code, which is always whole. `goes_on`: what it begins may be on the
    next page; `is_rest`: what it ends is on the one before.
    """

    text: str
    start: int
    end: int
    opens: bool
    closes: bool
    told: str = ""
    is_block: bool = False
    goes_on: bool = False
    is_rest: bool = False


def passages(
    page: str, columns: str, asked: frozenset[str], cut: Cut | None = None
) -> list[Passage]:
    """The passages of a page in order, not overlapping.

    `columns`: of the table that the page begins in, if it does; `cut`: how it begins in code.
    `asked`: the question's words.
    """
    cut = cut or cut_of(page)
    rest = [] if cut is None else [_rest(page, cut)]
    in_code, after = cut is not None, rest[0].end if rest else 0
    blocks = [
        block for block in code_blocks(page, in_code=in_code) if block.end - block.start <= MAX_CODE
    ]
    found_in = tables(page, columns_of(columns), in_code=in_code)
    rows = [(row, table.columns) for table in found_in for row in table.rows]
    if not (blocks or rows or rest):
        return _with_leads(page, [Passage(*sentence) for sentence in split_sentences(page)])
    found = [_row(page, row, names, asked) for row, names in rows if WORD.search(page, *row[:2])]
    heads = [(table.start, table.end) for table in found_in]
    taken = sorted([*heads, *((block.start, block.end) for block in blocks)])
    sentences = [one for one in _sentences(page, after) if not _is_within(one, taken)]
    for block in blocks:
        lead = _lead(page, block, sentences)
        if lead is not None:
            sentences.remove(lead)
        found.append(_code(page, block, lead))
    found += [*rest, *(Passage(*sentence) for sentence in sentences)]
    return _with_leads(page, sorted(found, key=lambda passage: passage.start))


def _sentences(page: str, after: int) -> Iterator[Sentence]:
    for one in split_sentences(page[after:]):
        yield one._replace(start=after + one.start, end=after + one.end)


def _with_leads(page: str, found: list[Passage]) -> list[Passage]:
    """Whether the last one announces what the next page begins with."""
    if found and not found[-1].is_block and _is_lead(page, found[-1].start, found[-1].end):
        found[-1] = found[-1]._replace(goes_on=True)
    return found


def _rest(page: str, cut: Cut) -> Passage:
    """The code that a page begins in, to its end."""
    fence = closing_fence(page, cut.fence)
    end = len(page.rstrip()) if fence is None else fence
    told = f"{cut.fence}\n{cut.indent}{page[:end]}"
    if fence is None:
        told += f"\n{cut.fence}"
    return Passage(
        page[:end], 0, end, True, True, told, is_block=True, goes_on=fence is None, is_rest=True
    )


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
        if _is_lead(page[: block.start], one.start, one.end):
            return one if block.start - one.start <= _MAX_LEAD else None
    return None


def _is_lead(page: str, start: int, end: int) -> bool:
    """Whether a sentence ends a page, and with a colon."""
    return page[start : end + 2].rstrip().endswith(":") and not page[end:].strip(": \t\r\n*_")


def _code(page: str, block: Code, lead: Sentence | None) -> Passage:
    start = block.start if lead is None else lead.start
    text = page[start : block.end]
    told = "" if block.closed else f"{text}\n{block.fence}"
    return Passage(
        text, start, block.end, True, True, told, is_block=True, goes_on=not block.closed
    )
