"""Choosing the sentences of the retrieved documents that answer a question.

Pure and in two steps, so that the caller can compute vectors in between, and only for
the few sentences worth it: `shortlist` goes by words and by the documents' own scores,
`choose` adds the similarity of meaning.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from langchain_core.documents import Document
from numpy.typing import NDArray

from rag_stream.text.keywords import WORD, terms
from rag_stream.text.paragraphs import without_link_targets
from rag_stream.text.sentences import split_sentences

MAX_DOCUMENTS = 20
MAX_QUOTES = 3
# Shorter sentences seldom say something by themselves.
MIN_CHARS = 25
# What is encoded of one sentence: its meaning seldom waits longer.
MAX_PLAIN = 240
# Beyond this the documents are not read: looking for sentences takes the event loop 0.7 ms
# for every 1,000 characters.
MAX_READ = 24_000
_LEAST_CHARS = 8

# Weights of the score, beside a similarity of 1.0 at most. These and what is near the best
# were chosen on one half of the questions of `make eval`, on chunks of 300 and 400 characters.
_WORDS = 0.7
_DOCUMENT_SCORE = 0.3
_DOCUMENT_RANK = 0.1
_FRAGMENT = 0.1

# Below this the best sentence is about something else. Low: whether the documents are about
# the question at all was asked before (`abstention`).
_FITS = 0.25
_FITS_WORDS = 0.25

_NEAR_BEST = 0.9
_SAME_MEANING = 0.92
_SAME_WORDS = 0.7

_QUESTION = re.compile(r"[?\uff1f][^\w?]*$")
_UNSENDABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Candidate(NamedTuple):
    """A sentence that may be quoted: `documents[document].page_content[start:end] == text`.

    `plain` is its beginning on one line and without the addresses of links, to encode.
    `offset` is its place in `source` where that is known. `whole`: it begins and ends like
    a sentence and is long enough to be one. `lexical` is the part of the score that needs
    no vectors, `overlap` the share of the question's words in it (0 to 1, rare words count
    more).
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

    @property
    def lexical(self) -> float:
        return _WORDS * self.overlap + self.prior - (0.0 if self.whole else _FRAGMENT)


def shortlist(
    question: str, documents: Sequence[Document], limit: int, chars: int
) -> list[Candidate]:
    """The sentences of the first twenty documents likeliest to answer, best first.

    At most `limit` of them, and with `chars` characters to encode in all. The documents
    come best first. Of their metadata `score` (higher is better), `source` and
    `start_index` are used where present.
    """
    candidates = _without_repeats(_candidates(documents[:MAX_DOCUMENTS]))
    rarity = _rarity(candidates)
    wanted = {term: rarity(term) for term in terms(question)}
    total = sum(wanted.values()) or 1.0
    rated = [
        candidate._replace(overlap=sum(wanted.get(t, 0.0) for t in candidate.terms) / total)
        for candidate in candidates
    ]
    listed: list[Candidate] = []
    for candidate in sorted(rated, key=lambda c: -c.lexical):
        if len(listed) == limit:
            break
        if len(candidate.plain) <= chars:
            listed.append(candidate)
            chars -= len(candidate.plain)
    return listed


def choose(
    candidates: Sequence[Candidate],
    question: NDArray[np.float32],
    vectors: NDArray[np.float32],
) -> list[Candidate]:
    """Up to three sentences that answer the question, in reading order; none if nothing fits.

    `question` [d] and `vectors` [len(candidates), d] have length one.
    """
    if not candidates:
        return []
    similar = np.nan_to_num(vectors @ question)
    scores = [float(s) + c.lexical for s, c in zip(similar, candidates, strict=True)]
    order = sorted(range(len(candidates)), key=lambda i: -scores[i])
    best = order[0]
    if not _fits(float(similar[best]), candidates[best].overlap):
        return []
    near = [i for i in order if scores[i] >= _NEAR_BEST * scores[best]]
    chosen: list[int] = []
    # Fragments look bad: they are for where nothing else is left.
    for i in [i for i in near if candidates[i].whole] or near:
        if not any(_same(candidates, vectors, i, j) for j in chosen):
            chosen.append(i)
    return _reading_order([candidates[i] for i in chosen[:MAX_QUOTES]])


def _candidates(documents: Sequence[Document]) -> list[Candidate]:
    marks = [_number(document.metadata.get("score")) for document in documents]
    best = max((mark for mark in marks if mark is not None), default=0.0)
    found, left = [], MAX_READ
    for rank, (document, mark) in enumerate(zip(documents, marks, strict=True)):
        share = max(0.0, (mark or 0.0) / best) if best > 0 else 0.0
        prior = _DOCUMENT_SCORE * share + _DOCUMENT_RANK / (1 + rank)
        begin = document.metadata.get("start_index")
        at = begin if isinstance(begin, int) and begin >= 0 else None
        source = str(document.metadata.get("source") or f"document {rank}")
        page = document.page_content[:left]
        left -= len(page)
        for text, start, end, opens, closes in split_sentences(page):
            plain = " ".join(without_link_targets(text).split())
            if _quotable(text, plain):
                found.append(
                    Candidate(
                        text=text,
                        plain=plain[:MAX_PLAIN],
                        document=rank,
                        start=start,
                        end=end,
                        source=source,
                        offset=None if at is None else at + start,
                        whole=opens and closes and len(plain) >= MIN_CHARS,
                        terms=terms(plain),
                        prior=prior,
                    )
                )
    return found


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _quotable(text: str, plain: str) -> bool:
    if len(plain) < _LEAST_CHARS or _QUESTION.search(plain) or _UNSENDABLE.search(text):
        return False
    if (plain[0] == "[" and plain[-1] == "]") or plain.startswith("!["):
        return False
    return 2 * sum(map(str.isalpha, plain)) > len(plain) - plain.count(" ")


def _without_repeats(candidates: Iterable[Candidate]) -> list[Candidate]:
    """One of each: neighbouring chunks overlap, and cut what the other has whole."""
    once: dict[str, Candidate] = {}
    for candidate in candidates:
        key = " ".join(WORD.findall(candidate.text.casefold()))
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


def _rarity(candidates: Sequence[Candidate]) -> Callable[[str], float]:
    """How much a term says: terms that few of the candidates have say most."""
    counts = Counter(term for candidate in candidates for term in candidate.terms)
    total = len(candidates) + 1.0
    return lambda term: math.log(total / (counts[term] + 0.5))


def _fits(similarity: float, overlap: float) -> bool:
    return similarity + _FITS_WORDS * overlap >= _FITS


def _same(
    candidates: Sequence[Candidate], vectors: NDArray[np.float32], one: int, other: int
) -> bool:
    ours, theirs = candidates[one].terms, candidates[other].terms
    if {term for term in ours ^ theirs if term.isdigit()}:
        # Another year or another version is another fact, however alike the words are.
        return False
    if float(vectors[one] @ vectors[other]) > _SAME_MEANING:
        return True
    return len(ours & theirs) > _SAME_WORDS * len(ours | theirs)


def _reading_order(chosen: list[Candidate]) -> list[Candidate]:
    """Best source first, and each source from its beginning to its end."""
    sources = [candidate.source for candidate in chosen]
    return sorted(
        chosen,
        key=lambda c: (
            sources.index(c.source),
            c.offset is None,
            c.document if c.offset is None else c.offset,
            c.start,
        ),
    )
