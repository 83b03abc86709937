"""One ranking out of two: what the vectors found and what the words found."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

LEXICAL_WEIGHT = 0.6
"""What a match of all the question's words is worth where nothing tells of the cosines."""
FRONT = 4
"""The clear winner of either ranking is among so many of both, and whatever is kept in front."""


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


@dataclass(frozen=True, slots=True)
class Worth:
    """What words are worth beside cosines, for one question.

    `words`: what a match of all the question's words counts, where a cosine counts itself.
    `meaning`: what a cosine counts, less than 1 where the model does not know the language.
    """

    words: float = LEXICAL_WEIGHT
    meaning: float = 1.0


_NONE: Mapping[str, float] = MappingProxyType({})
_USUAL = Worth()


class Fusion:
    """Two rankings of chunks, best first, of which one is made whenever more is known of them.

    Both are (id, score); an id that comes twice counts where it comes first. `full`: about the
    lexical score of a chunk that has all the question says. A match is the share of the best
    score, times the share that its own is of `full`: the best match of words is worth no more
    than what it covers of the question, and next to nothing where that is in another language.
    """

    def __init__(
        self,
        dense: Sequence[tuple[str, float]],
        lexical: Sequence[tuple[str, float]],
        full: float = 0.0,
        worth: Worth = _USUAL,
        kept: Collection[str] = (),
    ) -> None:
        """`kept`: ids that stay in front for another reason, two at most."""
        self._near, self._said = _places(dense), _places(lexical)
        best = max((place.score for place in self._said.values()), default=0.0)
        self._words = {
            id: worth.words * _match(place.score, best, full) for id, place in self._said.items()
        }
        self._cosines = [place.score for place in self._near.values()]
        self._meaning = worth.meaning
        # What the model says of a language that it does not know is chance.
        self._winners = {_winner(self._near)} if worth.meaning >= 1.0 else set()
        first = _winner(self._said)
        # One of the words only where it has half of what the question says.
        if first is not None and self._said[first].score >= full / 2:
            self._winners.add(first)
        self._kept = dict.fromkeys(kept)
        self._winners |= self._kept.keys()

    def ranked(self, cosines: Mapping[str, float] = _NONE) -> list[Candidate]:
        """All of them, best first: what the cosine is worth + what the match of words is.

        `cosines` of chunks that no vector proposed; one that is not there takes the lowest that
        is known. Equal scores keep the order of the cosines, then of the ids, so that the result
        does not depend on chance. The clear winner of either ranking stays in front whatever the
        other says, its score what it is.
        """
        lowest = min((*self._cosines, *cosines.values()), default=0.0)
        ranked = []
        for id in self._near | self._said | self._kept:
            near = self._near.get(id)
            if near is None and id in cosines:
                near = Place(None, cosines[id])
            cosine = near.score if near is not None else lowest
            score = self._meaning * cosine + self._words.get(id, 0.0)
            ranked.append((-score, -cosine, id, Candidate(id, score, near, self._said.get(id))))
        ranked.sort()  # no two ids are equal
        return self._with_both_winners([candidate for *_, candidate in ranked])

    def _with_both_winners(self, ranked: list[Candidate]) -> list[Candidate]:
        behind = [candidate for candidate in ranked[FRONT:] if candidate.id in self._winners]
        if not behind:
            return ranked
        front = ranked[:FRONT]
        # Those that give way are the last of the others: no winner makes another one give way.
        others = [candidate for candidate in front if candidate.id not in self._winners]
        giving_way = others[max(0, len(others) - len(behind)) :]
        moved = {candidate.id for candidate in (*giving_way, *behind)}
        staying = [candidate for candidate in front if candidate.id not in moved]
        rest = [candidate for candidate in ranked[FRONT:] if candidate.id not in moved]
        return [*staying, *behind, *giving_way, *rest]


def fuse(
    dense: Sequence[tuple[str, float]],
    lexical: Sequence[tuple[str, float]],
    full: float = 0.0,
    cosines: Mapping[str, float] = _NONE,
    worth: Worth = _USUAL,
) -> list[Candidate]:
    """The chunks of two rankings as one, best first, as Fusion makes it."""
    return Fusion(dense, lexical, full, worth).ranked(cosines)


def _match(score: float, best: float, full: float) -> float:
    if best <= 0.0:
        return 0.0
    # Divided first: a number over `best` may be too great for a float.
    match = score / best
    return match * min(1.0, score / full) if full > 0.0 else match


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
