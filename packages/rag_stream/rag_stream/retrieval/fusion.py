"""One ranking out of two: what the vectors found and what the words found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

# How much a match of all the question's words counts beside a cosine of one.
LEXICAL_WEIGHT = 0.6
FRONT = 4
"""The clear winner of either ranking is among so many of both."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a ranking: `rank` counts from 1, `score` is that ranking's own.

    A rank of None: it was not among those that this way of searching proposed.
    """

    rank: int | None
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


_NONE: Mapping[str, float] = MappingProxyType({})


def fuse(
    dense: Sequence[tuple[str, float]],
    lexical: Sequence[tuple[str, float]],
    full: float = 0.0,
    cosines: Mapping[str, float] = _NONE,
) -> list[Candidate]:
    """The chunks of two rankings, best first: cosine + 0.6 x match of words.

    Both are (id, score), best first; an id that comes twice counts where it comes first.
    `full`: about the lexical score of a chunk that has all the question says. A match is the
    share of the best score, times the share that its own is of `full`: the best match of words
    is worth no more than what it covers of the question. `cosines` of chunks that are not in
    `dense`; one that is not there either takes the lowest that is known. Equal scores keep the
    order of the cosines, then of the ids, so that the result does not depend on chance. The
    clear winner of either ranking stays in front whatever the other says, its score what it is.
    """
    by_vector, by_words = _places(dense), _places(lexical)
    best = max((place.score for place in by_words.values()), default=0.0)
    lowest = min((*(place.score for place in by_vector.values()), *cosines.values()), default=0.0)
    ranked = []
    for id in by_vector | by_words:
        near, said = by_vector.get(id), by_words.get(id)
        if near is None and id in cosines:
            near = Place(None, cosines[id])
        cosine = near.score if near is not None else lowest
        # Divided first: a number over `best` may be too great for a float.
        match = said.score / best if said is not None and best > 0.0 else 0.0
        if said is not None and full > 0.0:
            match *= min(1.0, said.score / full)
        score = cosine + LEXICAL_WEIGHT * match
        ranked.append((-score, -cosine, id, Candidate(id, score, near, said)))
    ranked.sort(key=lambda entry: entry[:3])
    return _with_both_winners([candidate for *_, candidate in ranked], by_vector, by_words, full)


def _with_both_winners(
    ranked: list[Candidate], dense: Mapping[str, Place], lexical: Mapping[str, Place], full: float
) -> list[Candidate]:
    """The same, the clear winner of either way in front, whatever the other way says of it.

    One of the words only where it has half of what the question says.
    """
    winners = {_winner(dense)}
    best = _winner(lexical)
    if best is not None and lexical[best].score >= full / 2:
        winners.add(best)
    behind = [candidate for candidate in ranked[FRONT:] if candidate.id in winners]
    if not behind:
        return ranked
    others = [candidate for candidate in ranked if candidate not in behind]
    front = FRONT - len(behind)
    return [*others[:front], *behind, *others[front:]]


def _winner(places: Mapping[str, Place]) -> str | None:
    """The first of a ranking, where no other is as good."""
    first, second = (*places, None, None)[:2]
    if first is None or (second is not None and places[second].score >= places[first].score):
        return None
    return first


def _places(ranking: Sequence[tuple[str, float]]) -> dict[str, Place]:
    places: dict[str, Place] = {}
    for id, score in ranking:
        if id not in places:
            places[id] = Place(len(places) + 1, score)
    return places
