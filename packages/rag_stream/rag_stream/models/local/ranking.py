"""Choosing the sentences of the retrieved documents that answer a question.

Or rows of tables, told with the names of their columns, or blocks of code. Pure and in two
steps, so that the caller can compute vectors in between, and only for the few worth it:
`shortlist` goes by words and by the documents' own scores, `choose` adds the similarity of
meaning.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from langchain_core.documents import Document
from numpy.typing import NDArray

from rag_stream.models.local.candidates import Candidate, candidates_of, without_repeats
from rag_stream.text.keywords import terms

MAX_DOCUMENTS = 20
MAX_QUOTES = 3
# Of the words of a question, those in the headings above a sentence beside those in it.
_ABOVE = 0.8

# Below this the best sentence is about something else. Low: whether the documents are about
# the question at all was asked before (`abstention`).
_FITS = 0.25
_FITS_WORDS = 0.25

# How near the best others have to come. Of models whose cosines all lie together the scale is
# made of the narrow part that they use, and differences on it say less.
_NEAR_BEST, _NEAR_BEST_SCALED = 0.9, 0.75
_SAME_MEANING = 0.92
_SAME_WORDS = 0.7


def shortlist(
    question: str, documents: Sequence[Document], limit: int, chars: int, common: float = 0.0
) -> list[Candidate]:
    """The sentences of the first twenty documents likeliest to answer, best first.

    At most `limit` of them, and with `chars` characters to encode in all. The documents
    come best first. Of their metadata `score` (higher is better), `source` and
    `start_index` are used where present. `common`: the cosine that texts without anything in
    common have to the model.
    """
    asked = terms(question)
    candidates = without_repeats(candidates_of(documents[:MAX_DOCUMENTS], asked, common))
    rarity = _rarity(candidates)
    wanted = {term: rarity(term) for term in asked}
    total = sum(wanted.values()) or 1.0

    def weight(found: frozenset[str]) -> float:
        return sum(wanted[term] for term in asked & found) / total

    rated = [
        c._replace(overlap=weight(c.terms) + _ABOVE * weight(c.above - c.terms)) for c in candidates
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
    common: float = 0.0,
) -> list[Candidate]:
    """Up to three sentences that answer the question, in reading order; none if nothing fits.

    Of code that was cut all that there is.

    `question` [d] and `vectors` [len(candidates), d] have length one. `common`: the cosine that
    texts without anything in common have to the model.
    """
    if not candidates:
        return []
    similar = _scaled(np.nan_to_num(vectors @ question), common)
    scores = [float(s) + c.lexical for s, c in zip(similar, candidates, strict=True)]
    order = sorted(range(len(candidates)), key=lambda i: -scores[i])
    best = order[0]
    if not _fits(float(similar[best]), candidates[best].overlap):
        return []
    near_best = _NEAR_BEST_SCALED if common else _NEAR_BEST
    near = [i for i in order if scores[i] >= near_best * scores[best]]
    chosen: list[int] = []
    # Fragments look bad: they are for where nothing else is left.
    for i in [i for i in near if candidates[i].whole] or near:
        if not any(_same(candidates, vectors, i, j, common) for j in chosen):
            chosen.append(i)
    return _with_parts(_reading_order([candidates[i] for i in chosen[:MAX_QUOTES]]))


def _rarity(candidates: Sequence[Candidate]) -> Callable[[str], float]:
    """How much a term says: terms that few of the candidates have say most."""
    counts = Counter(term for candidate in candidates for term in candidate.terms | candidate.above)
    total = len(candidates) + 1.0
    return lambda term: math.log(total / (counts[term] + 0.5))


def _scaled(cosines: Any, common: float) -> Any:
    """0 for what has nothing in common, 1 for the same."""
    return (cosines - common) / (1.0 - common) if common else cosines


def _fits(similarity: float, overlap: float) -> bool:
    return similarity + _FITS_WORDS * overlap >= _FITS


def _same(
    candidates: Sequence[Candidate],
    vectors: NDArray[np.float32],
    one: int,
    other: int,
    common: float,
) -> bool:
    ours, theirs = candidates[one].terms, candidates[other].terms
    if {term for term in ours ^ theirs if term.isdigit()}:
        # Another year or another version is another fact, however alike the words are.
        return False
    if float(_scaled(vectors[one] @ vectors[other], common)) > _SAME_MEANING:
        return True
    return len(ours & theirs) > _SAME_WORDS * len(ours | theirs)


def _with_parts(chosen: Sequence[Candidate]) -> list[Candidate]:
    """The same, what was cut of their code with them."""
    parts = [part for candidate in chosen for part in candidate.parts or (candidate,)]
    return list({(part.document, part.start): part for part in parts}.values())


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
