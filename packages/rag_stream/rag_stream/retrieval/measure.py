"""What a match of words is worth beside the cosines, for one question in one index. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rag_stream.calibration.language import language_of
from rag_stream.calibration.scale import Scale, by_candidates
from rag_stream.retrieval.fusion import LEXICAL_WEIGHT, Worth

_WELL = 0.7
"""A language that a model tells so well apart, beside its best, it knows."""
_IN_CONTEXT = 6.5
"""What a match is worth at least in a talk: its words name the topic that a question leaves out."""
_LEAST = 0.1
"""Of one that it does not know, cosines count the less the less it knows: so much at least."""


@dataclass(frozen=True, slots=True)
class Measure:
    """An index's scale, and how well its model knows a question's language, beside its best."""

    scale: Scale
    known: float = 1.0
    counts: float = 0.0
    """How far what was said before the question counts."""

    @classmethod
    def of(cls, question: str, metadata: Mapping[str, Any], counts: float = 0.0) -> "Measure":
        """`metadata`: of the index's collection."""
        scale = Scale.of(metadata)
        if min(scale.known.values(), default=1.0) >= _WELL:
            return cls(scale, counts=counts)  # it knows all: no need to look which one this is
        return cls(scale, scale.knows(language_of(question)), counts)

    @property
    def _words(self) -> float:
        """The scatters that a match of all words is worth: more, where more words are known."""
        return self.scale.words + self.counts * max(0.0, _IN_CONTEXT - self.scale.words)

    def worth(self, cosines: Sequence[float], most: int) -> Worth:
        """By the index's scale; where that is not known, by the cosines of the nearest chunks.

        There are `most` of these, or as many as the index has.
        """
        scatter = self.scale.scatter or by_candidates(cosines, most)
        words = LEXICAL_WEIGHT if scatter is None else self._words * scatter
        if self.known >= _WELL:
            return Worth(words)
        return Worth(words, max(_LEAST, (self.known / _WELL) ** 3))
