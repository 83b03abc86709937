"""Terms that are looked for in an index by words, and how much each of them says there."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tantivy import Searcher

from rag_stream.lexical.compounds import PART, WHOLE, Compounds
from rag_stream.lexical.fields import WEIGHTS
from rag_stream.lexical.forms import Forms

_NONE: Mapping[str, float] = MappingProxyType({})
_OF_THE_CHUNK = [name for name in WEIGHTS if name != "near"]


class Term(str):
    """A term of a question; `ways`: each of these sets of terms, where a text has all of one."""

    __slots__ = ("ways",)
    ways: tuple[frozenset[str], ...]

    def __new__(cls, name: str, ways: tuple[frozenset[str], ...] = ()) -> "Term":
        term = super().__new__(cls, name)
        term.ways = ways or (frozenset((name,)),)
        return term


@dataclass(frozen=True, slots=True)
class Word:
    """A word that is looked for, and how many chunks have it.

    `shares`: of each of its forms that the index has, how much its score counts; `parts`: the
    same of the words that it is made of, which count together.
    """

    term: Term
    count: int
    shares: Mapping[str, float]
    parts: Mapping[str, float] = field(default_factory=dict)
    worth: float = 1.0
    """Of a match beside one of the question's own words."""

    @property
    def is_known(self) -> bool:
        return bool(self.shares or self.parts)


def look_up(
    one: Forms, known: Callable[[str], int], compounds: Compounds | None, total: int
) -> Word:
    count = max(known(form) for form in one.worth)
    if len(one.worth) == 1 and compounds is None:
        return Word(Term(one.name), count, {one.name: 1.0} if count else _NONE)
    worth, made_of = dict(one.worth), list[str]()
    if compounds is not None:
        worth |= dict.fromkeys(compounds.wholes(one), WHOLE)
        made_of = compounds.parts(one.word)
    ways = (
        *(frozenset((form,)) for form in worth),
        *([frozenset(made_of)] if len(made_of) > 1 else []),
    )
    says = information_of(count, total)

    def share(form: str, worth: float) -> float:
        # A rare form of a word says no more than the word.
        return worth * min(1.0, says / information_of(known(form), total))

    shares = {form: share(form, value) for form, value in worth.items() if known(form)}
    return Word(
        Term(one.name, tuple(ways)), count, shares, {part: share(part, PART) for part in made_of}
    )


def look_up_pair(searcher: Searcher, pair: str) -> Word:
    count = count_of(searcher, pair)
    return Word(Term(pair), count, {pair: 1.0} if count else _NONE)


def count_of(searcher: Searcher, term: str) -> int:
    return max(int(searcher.doc_freq(name, term)) for name in _OF_THE_CHUNK)


def information_of(count: int, total: int) -> float:
    """How much it says that a chunk has a term which so many have."""
    return math.log1p((max(total, count) - count + 0.5) / (count + 0.5))
