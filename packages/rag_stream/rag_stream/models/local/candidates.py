"""What of the retrieved documents may be quoted, and what is known of each before any vector."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from langchain_core.documents import Document

from rag_stream.models.local.cut_code import cuts, followers
from rag_stream.models.local.passages import MAX_CODE, Passage, passages
from rag_stream.text.keywords import WORD, terms
from rag_stream.text.labels import heading_path, label
from rag_stream.text.paragraphs import without_link_targets
from rag_stream.text.widths import columns

# Shorter sentences seldom say something by themselves.
MIN_COLUMNS = 25
# What is encoded of one sentence: its meaning seldom waits longer.
MAX_PLAIN = 240
# Beyond this the documents are not read: looking for sentences takes the event loop 0.7 ms
# for every 1,000 characters.
MAX_READ = 24_000
_LEAST_COLUMNS = 8

# Weights of the score, beside a similarity of 1.0 at most. These and what is near the best
# were chosen on one half of the questions of `make eval`, on chunks of 300 and 400 characters.
_WORDS = 0.7
_DOCUMENT_SCORE = 0.3
_DOCUMENT_RANK = 0.1
_FRAGMENT = 0.1

_QUESTION = re.compile(r"[?\uff1f\u061f\u037e\u1367][^\w?]*$")
_UNSENDABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Candidate(NamedTuple):
    """A sentence that may be quoted: `documents[document].page_content[start:end] == text`.

    `plain` is its beginning on one line and without the addresses of links, to encode.
    `offset` is its place in `source` where that is known. `whole`: it begins and ends like
    a sentence and is long enough to be one. `lexical` is the part of the score that needs
    no vectors, `overlap` the share of the question's words in it (0 to 1, rare words count
    more). `above`: the words of the headings it stands below. `told`: what is said of it, where
    that is not `text` itself. `parts`: code that was cut, and what announces it, in order, where
    this is one of them.
    """

    text: str
    plain: str
    document: int
    start: int
    end: int
    source: str
    offset: int | None
    whole: bool
    terms: frozenset[str]
    prior: float
    overlap: float = 0.0
    above: frozenset[str] = frozenset()
    told: str = ""
    parts: tuple["Candidate", ...] = ()

    @property
    def says(self) -> str:
        return self.told or self.text

    @property
    def is_code(self) -> bool:
        return self.says.endswith(("```", "~~~"))

    @property
    def is_row(self) -> bool:
        return bool(self.told) and not self.is_code

    @property
    def lexical(self) -> float:
        return _WORDS * self.overlap + self.prior - (0.0 if self.whole else _FRAGMENT)


def candidates_of(
    documents: Sequence[Document], asked: frozenset[str], common: float = 0.0
) -> list[Candidate]:
    """Every passage that may be quoted; `asked`: the words of the question.

    `common`: the cosine that texts without anything in common have to the model.
    """
    shares = _shares([_number(document.metadata.get("score")) for document in documents], common)
    following = followers(documents)
    cut = cuts(documents, following)
    found, left = list[Candidate](), MAX_READ
    begun, rests = dict[int, int](), dict[int, int]()  # places in `found`
    for rank, (document, share) in enumerate(zip(documents, shares, strict=True)):
        prior = _DOCUMENT_SCORE * share + _DOCUMENT_RANK / (1 + rank)
        begin = document.metadata.get("start_index")
        at = begin if isinstance(begin, int) and begin >= 0 else None
        source = str(document.metadata.get("source") or f"document {rank}")
        page = document.page_content[:left]
        left -= len(page)
        above = terms(heading_path(document.metadata))
        for passage in passages(page, label(document.metadata, "columns"), asked, cut.get(rank)):
            plain = _plain(passage)
            if not _quotable(passage, plain):
                continue
            whole = passage.opens and passage.closes and columns(plain) >= MIN_COLUMNS
            found.append(
                Candidate(
                    text=passage.text,
                    plain=plain[:MAX_PLAIN],
                    document=rank,
                    start=passage.start,
                    end=passage.end,
                    source=source,
                    offset=None if at is None else at + passage.start,
                    whole=whole or passage.is_block,
                    terms=terms(plain),
                    prior=prior,
                    above=above,
                    told=passage.told,
                )
            )
            if passage.goes_on:
                begun[rank] = len(found) - 1
            if passage.start == 0 and found[-1].is_code:
                rests[rank] = len(found) - 1
    goes_on = {
        place: rests[after]
        for rank, place in begun.items()
        if (after := following.get(rank, -1)) in rests
    }
    return _with_parts(found, goes_on)


def _with_parts(found: list[Candidate], goes_on: Mapping[int, int]) -> list[Candidate]:
    """The same, each that one of them goes on with beside the others. By their places."""
    for first in goes_on.keys() - set(goes_on.values()):
        places = [first]
        while places[-1] in goes_on:
            places.append(goes_on[places[-1]])
        parts = tuple(found[place] for place in places)
        if sum(len(part.text) for part in parts) <= MAX_CODE:
            for place in places:
                found[place] = found[place]._replace(parts=parts)
    return found


def _plain(passage: Passage) -> str:
    return " ".join(without_link_targets(passage.told or passage.text).split())


def _shares(marks: Sequence[float | None], common: float) -> list[float]:
    """What each score is of the best: 1.0 that itself, 0 what has nothing in common.

    Scores of models whose cosines all lie together differ little as they are; those of another
    model or a reranker may be lower, then the lowest is 0.
    """
    known = [mark for mark in marks if mark is not None]
    lowest = min(common, *known) if common and known else 0.0
    span = max(known, default=0.0) - lowest
    if span <= 0:
        return [0.0 for _ in marks]
    return [0.0 if mark is None else max(0.0, (mark - lowest) / span) for mark in marks]


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _quotable(passage: Passage, plain: str) -> bool:
    if _UNSENDABLE.search(passage.text):
        return False
    if passage.is_block:
        return True
    if columns(plain) < _LEAST_COLUMNS or _QUESTION.search(plain):
        return False
    if (plain[0] == "[" and plain[-1] == "]") or plain.startswith("!["):
        return False
    return 2 * sum(map(str.isalpha, plain)) > len(plain) - plain.count(" ")


def without_repeats(candidates: Iterable[Candidate]) -> list[Candidate]:
    """One of each: neighbouring chunks overlap, and cut what the other has whole."""
    once: dict[str, Candidate] = {}
    for candidate in candidates:
        key = " ".join(WORD.findall(candidate.says.casefold()))
        if key and (key not in once or (candidate.whole and not once[key].whole)):
            once[key] = candidate
    everything = "|".join(f" {key} " for key in once)
    sentences = "|".join(f" {key} " for key, candidate in once.items() if candidate.whole)
    return [
        candidate
        for key, candidate in once.items()
        # Part of a longer one? A sentence may be part of a fragment and still be the better.
        if (sentences if candidate.whole else everything).count(f" {key} ") == 1
    ]
