"""What was said before a question, as far as it tells what the question is about. Pure.

Its words and vectors are laid beside the question's own, those said last counting most; how far
depends on whether the question goes on with them. One that names another thing than what was
talked of is a new topic, and the old one must not draw it back.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from rag_stream.conversation import Turn
from rag_stream.lexical.earlier import Earlier
from rag_stream.text.keywords import terms
from rag_stream.text.leaning import leans
from rag_stream.text.particles import without_particles
from rag_stream.text.scripts import UNSPACED
from rag_stream.text.small_talk import small_talk

PLACES = 4
"""So many places back turns tell what the talk is about; those before weigh next to nothing."""
MIXED = 2
"""So many places back their vectors are laid beside the question's."""
HANGING = 0.5
"""So far behind a turn that leans is what it leans on: it may name something of its own, too."""
TURNS = 8
"""The user's turns that are looked at, however near to each other their places are."""
VECTORS, WORDS, ANSWER = 0.3, 0.5, 0.2
"""What the vector and the words of the turn before count, those of each place before that so much
less again; and the words of the last answer. Its vector added nothing to these."""
ANSWER_CHARS = 600
"""Of the last answer so many characters are read, of a turn as many."""
_FROM, _FULLY = 0.1, 0.3
"""How like one of the turns a question is from where they count, and where fully: cosines without
what all questions have in common, which two about different things come near by chance. That is
the same for models whose cosines lie between 0 and 0.6 and between 0.75 and 0.9."""
_SHARED = 0.3
"""What counts as much as being like them: that all of its words were said before."""
_LEAST, _LEAST_LEANING = 0.15, 0.6
"""How far they count at least; and for a question that is not understood without."""
_BLOCK = re.compile(r"(`{3,}|~{3,}).*?(\1|\Z)", re.DOTALL)
_IN_FULL = 0.5
"""From where a question is taken to go on with what was said."""


class Said(NamedTuple):
    """What the user said in a turn, and how many places back that is, 1 for the turn before.

    Turns that lean, however many one after another, are less than a place away from what they lean
    on: who asks "and for the whole client?" has not gone on from what that is about.
    """

    text: str
    place: float


@dataclass(frozen=True, slots=True)
class History:
    """The turns before a question that may count: `said`, the last one first; `answer`, the last.

    `leans`: whether the question is not understood without them; `shared`: the share of its
    words that they have.
    """

    said: tuple[Said, ...]
    answer: str | None
    leans: bool
    shared: float

    def counts(self, likeness: float | None) -> float:
        """How far what was said counts for the question, from 0 to 1.

        `likeness`: of the question to the turn that is most like it, None where nothing tells.
        """
        least = _LEAST_LEANING if self.leans else _LEAST
        if likeness is None:
            return max(least, min(1.0, self.shared / _SHARED))
        told = likeness + _SHARED * self.shared
        return max(least, min(1.0, (told - _FROM) / (_FULLY - _FROM)))

    def each(self, likenesses: Sequence[float | None]) -> tuple[float, ...]:
        """How far each turn counts: a question that goes on with one need not with another.

        `likenesses`: of the question to each, None where it is not known; that counts as the
        one that counts most.
        """
        known = [likeness for likeness in likenesses if likeness is not None]
        most = self.counts(max(known, default=None))
        return tuple(most if likeness is None else self.counts(likeness) for likeness in likenesses)

    def in_vector(self, counts: float) -> float:
        """How far the vector of a turn counts that counts so far; for a new topic, which is judged
        by its own nearness to the documents, not at all."""
        return counts if counts > _LEAST else 0.0

    def words(self, each: Sequence[float]) -> tuple[Earlier, ...]:
        """What is looked for by words, where the turns count so far; an answer as its question."""
        turns = zip(self.said, each, strict=True)
        told = [Earlier(one.text, counts * WORDS**one.place) for one, counts in turns]
        if self.answer is not None:
            told.append(Earlier(self.answer, each[0] * ANSWER))
        return tuple(told)

    def stands_alone(self, counts: float) -> bool:
        """Whether what the question finds by itself, too, is to stay in front."""
        return not self.leans and counts > _LEAST

    def topic(self, each: Sequence[float]) -> tuple[str, ...]:
        """The turn that the question goes on with, and those that lean on it, in their order.

        `each`: how far each turn counts.
        """
        turns = [
            (one, counts * WORDS**one.place) for one, counts in zip(self.said, each, strict=True)
        ]
        place = int(max(turns, key=itemgetter(1))[0].place)
        return tuple(one.text for one in reversed(self.said) if int(one.place) == place)


def read_with(question: str, topic: Sequence[str], counts: float) -> str:
    """The question for a model that reads it beside a text, such as a reranker."""
    return "\n".join((*topic, question)) if counts >= _IN_FULL else question


def history_of(question: str, turns: Sequence[Turn]) -> History | None:
    """What counts of the turns before a question, oldest first; None where the user said nothing.

    A turn that says the same as the question tells nothing more, and thanks tell nothing at all.
    """
    said = tuple(_said(question, turns))
    if not said:
        return None
    texts = [one.text for one in said]
    answer = _answer(turns)
    own = _telling(question)
    there = frozenset().union(*map(_telling, (*texts, answer or "")))
    shared = len(own & there) / len(own) if own else 0.0
    return History(said, answer, leans(question, texts), shared)


def _said(question: str, turns: Sequence[Turn]) -> Iterator[Said]:
    """The user's turns that tell something, the last one first, each text once."""
    told = dict.fromkeys(turn.text for turn in reversed(turns) if turn.role == "user")
    told.pop(question, None)
    texts, place, hanging, count = list(told), 1, 0.0, 0
    for at, text in enumerate(texts):
        if _is_small_talk(text):
            continue
        yield Said(text[:ANSWER_CHARS], place + hanging)
        if leans(text, texts[at + 1 :]):
            hanging = HANGING
        else:
            place, hanging = place + 1, 0.0
        count += 1
        if place > PLACES or count == TURNS:
            return


def _answer(turns: Sequence[Turn]) -> str | None:
    """The last answer, but for what thanks are met with; None where nothing was answered since."""
    last: Turn | None = None
    for turn in reversed(turns):
        if turn.role == "assistant":
            last = last or turn
        elif _is_small_talk(turn.text):
            last = None
        else:
            break
    return None if last is None else _without_code(last.text)[:ANSWER_CHARS]


def _without_code(text: str) -> str:
    """No blocks of it, where there is more: their names are rare, and seldom the topic."""
    rest = _BLOCK.sub(" ", text)
    return rest if any(map(str.isalnum, rest)) else text


def _is_small_talk(text: str) -> bool:
    return bool(small_talk(text, goes_on=True))


@lru_cache(256)  # a conversation is sent again with each of its questions
def _telling(text: str) -> frozenset[str]:
    """The terms of a text; of scripts without blanks no pairs of what only asks."""
    return terms(UNSPACED.sub(lambda run: " ".join(without_particles(run[0])), text))
