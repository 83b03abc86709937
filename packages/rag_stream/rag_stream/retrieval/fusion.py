"""One ranking out of two: what the vectors found and what the words found."""

from collections.abc import Sequence
from dataclasses import dataclass

# How much the best match of words counts beside a cosine of one; flat from 0.6 to 1.2.
LEXICAL_WEIGHT = 0.8


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a ranking: `rank` counts from 1, `score` is that ranking's own."""

    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk that was found: `dense` by its vector, `lexical` by its words, or by both."""

    id: str
    score: float
    dense: Place | None
    lexical: Place | None
    rerank: Place | None = None
    """Where a reranker put it; `score` knows nothing of that."""


def fuse(
    dense: Sequence[tuple[str, float]],
    lexical: Sequence[tuple[str, float]],
) -> list[Candidate]:
    """The chunks of two rankings, best first: cosine + 0.8 x lexical score / the best one.

    Both are (id, score), best first; an id that comes twice counts where it comes first.
    A chunk found by its words only takes the cosine of the last chunk of `dense`, which it
    cannot exceed. Equal scores keep the order of the cosines, then of the ids, so that the
    result does not depend on chance.
    """
    by_vector, by_words = _places(dense), _places(lexical)
    best = max((place.score for place in by_words.values()), default=0.0)
    lowest = min((place.score for place in by_vector.values()), default=0.0)
    ranked = []
    for id in by_vector | by_words:
        near, said = by_vector.get(id), by_words.get(id)
        cosine = near.score if near is not None else lowest
        # Divided first: a number over `best` may be too great for a float.
        match = said.score / best if said is not None and best > 0.0 else 0.0
        score = cosine + LEXICAL_WEIGHT * match
        ranked.append((-score, -cosine, id, Candidate(id, score, near, said)))
    ranked.sort(key=lambda entry: entry[:3])
    return [candidate for *_, candidate in ranked]


def _places(ranking: Sequence[tuple[str, float]]) -> dict[str, Place]:
    places: dict[str, Place] = {}
    for id, score in ranking:
        if id not in places:
            places[id] = Place(len(places) + 1, score)
    return places
