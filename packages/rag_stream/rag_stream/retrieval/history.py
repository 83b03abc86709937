"""What was said before a question, as far as it tells what the question is about. Pure.

Its words and vectors are laid beside the question's own, those said last counting most; how far
depends on whether the question goes on with them. One that names another thing than what was
talked of is a new topic, and the old one must not draw it back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rag_stream.conversation import Turn
from rag_stream.lexical.earlier import Earlier
from rag_stream.text.keywords import terms
from rag_stream.text.leaning import leans
from rag_stream.text.particles import without_particles
from rag_stream.text.scripts import UNSPACED

TURNS = 4
"""The user's turns that tell what the talk is about; those before weigh next to nothing."""
MIXED = 2
"""Those of them whose vectors are laid beside the question's."""
VECTORS, WORDS, ANSWER = 0.3, 0.5, 0.2
"""What the vector and the words of the turn before count, each turn before that so much less
again; and the words of the last answer. Its vector added nothing to these."""
ANSWER_CHARS = 600
"""Of the last answer so many characters are read, of a turn as many."""
_FROM, _FULLY = 0.1, 0.3
"""How like one of the turns a question is from where they count, and where fully: cosines without
what all questions have in common, which two about different things come near by chance. That is
the same for models whose cosines lie between 0 and 0.6 and between 0.75 and 0.9."""
_SHARED = 0.3
"""What counts as much as being like them: that all of its words were said before."""
_LEAST, _LEAST_LEANING = 0.15, 0.4
"""How far they count at least; and for a question that is not understood without."""
_IN_FULL = 0.5
"""From where a question is taken to go on with what was said."""


@dataclass(frozen=True, slots=True)
class History:
    """The turns before a question that may count: `users`, the last one first; `answer`, the last.

    `leans`: whether the question is not understood without them; `shared`: the share of its
    words that they have.
    """

    users: tuple[str, ...]
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

    def words(self, counts: float) -> tuple[Earlier, ...]:
        """What is looked for by words, where what was said counts so far."""
        told = [
            Earlier(text, counts * WORDS**place) for place, text in enumerate(self.users, start=1)
        ]
        if self.answer is not None:
            told.append(Earlier(self.answer, counts * ANSWER))
        return tuple(told)

    def read_with(self, question: str, counts: float) -> str:
        """The question for a model that reads it beside a text, such as a reranker."""
        return f"{self.users[0]}\n{question}" if counts >= _IN_FULL else question


def history_of(question: str, turns: Sequence[Turn]) -> History | None:
    """What counts of the turns before a question, oldest first; None where the user said nothing.

    A turn that says the same as the question tells nothing more.
    """
    said = dict.fromkeys(turn.text for turn in reversed(turns) if turn.role == "user")
    said.pop(question, None)
    if not said:
        return None
    users = tuple(text[:ANSWER_CHARS] for text in said)[:TURNS]
    answer = turns[-1].text[:ANSWER_CHARS] if turns[-1].role == "assistant" else None
    own = _telling(question)
    there = frozenset().union(*map(_telling, (*users, answer or "")))
    shared = len(own & there) / len(own) if own else 0.0
    return History(users, answer, leans(question, users), shared)


def _telling(text: str) -> frozenset[str]:
    """The terms of a text; of scripts without blanks no pairs of what only asks."""
    return terms(UNSPACED.sub(lambda run: " ".join(without_particles(run[0])), text))
