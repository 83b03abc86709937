"""What calibrating an index found, as it stands in the collection's metadata. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rag_stream.calibration.everyday import EDITION
from rag_stream.calibration.scale import Scale
from rag_stream.calibration.standards import Standards, read_numbers, write_numbers

_EDITION = "everyday_edition"
_MODEL = "everyday_model"
_CHUNKS = "everyday_chunks"
_THRESHOLDS = "everyday_thresholds"
_BEYOND = "everyday_beyond"
_FLOORS = "everyday_floors"
_SPREAD = "everyday_spread"
_ANSWERED = "everyday_answered"
DIGITS = 4
"""Of the spread, behind the point."""
OF_EVERYDAYNESS = 0.5
"""The part of a question's likeness to everyday questions that it has to come nearer by."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What "nothing" looks like in an index, with the model that made its vectors.

    `thresholds`, by language: what a question of that language comes near a document that has
    nothing to do with it; none where the index answers everyday questions, an encyclopedia.
    `chunks`: how many there were. `answered`: the languages it answers them in. `beyond`: the
    thresholds for how much nearer a question comes than a part of its likeness to everyday
    questions; `floors`: what it has to come near whatever that is. `spread`: the standard
    deviation of how near everyday questions come. `scale`: of the model's cosines there; None where
    it was not measured. `standards`: how likeness and words are weighed together, where the
    documents are in a question's language.
    """

    model: str
    chunks: int
    thresholds: Mapping[str, float]
    answered: frozenset[str] = frozenset()
    beyond: Mapping[str, float] = field(default_factory=dict)
    floors: Mapping[str, float] = field(default_factory=dict)
    spread: float = 0.0
    scale: Scale | None = None
    standards: Standards | None = None

    @classmethod
    def of(cls, metadata: Mapping[str, Any]) -> "Calibration | None":
        """What a collection's metadata records; None where that is nothing, or is outdated.

        So is what another edition of the questions or another model found.
        """
        model = metadata.get(_MODEL)
        if metadata.get(_EDITION) != EDITION or model != metadata.get("embedding_model"):
            return None
        answered = frozenset(str(metadata.get(_ANSWERED, "")).split())
        return cls(
            str(model),
            int(metadata.get(_CHUNKS, 0)),
            read_numbers(metadata.get(_THRESHOLDS)),
            answered,
            read_numbers(metadata.get(_BEYOND)),
            read_numbers(metadata.get(_FLOORS)),
            float(metadata.get(_SPREAD, 0.0)),
            scale=Scale.recorded(metadata),
            standards=Standards.recorded(metadata),
        )

    def metadata(self) -> dict[str, str | int | float | bool]:
        """The same as keys of a collection's metadata."""
        return {
            _EDITION: EDITION,
            _MODEL: self.model,
            _CHUNKS: self.chunks,
            _THRESHOLDS: write_numbers(self.thresholds),
            _BEYOND: write_numbers(self.beyond),
            _FLOORS: write_numbers(self.floors),
            _SPREAD: self.spread,
            _ANSWERED: " ".join(sorted(self.answered)),
            **({} if self.scale is None else self.scale.metadata(self.model)),
            **({} if self.standards is None else self.standards.metadata()),
        }

    @property
    def is_possible(self) -> bool:
        """Whether it left everyday questions of a language unanswered: there are thresholds."""
        return bool(self.thresholds)

    @property
    def is_whole(self) -> bool:
        """Whether it has what is found today; what an earlier release recorded may lack some."""
        return self.scale is not None and self.standards is not None

    def threshold(self, language: str) -> float | None:
        """What a question of that language has to come near; None where nothing tells."""
        if language in self.answered or not self.thresholds:
            return None
        return self.thresholds.get(language, max(self.thresholds.values()))

    def threshold_beyond(self, language: str, everydayness: float) -> float | None:
        """The same for a question that is so like everyday ones."""
        if language in self.answered or not self.beyond:
            return None
        own = self.beyond.get(language, max(self.beyond.values()))
        floor = self.floors.get(language, max(self.floors.values(), default=0.0))
        return max(floor, own + OF_EVERYDAYNESS * everydayness)
