"""What calibrating an index found, as it stands in the collection's metadata. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rag_stream.calibration.everyday import EDITION

_EDITION = "everyday_edition"
_MODEL = "everyday_model"
_CHUNKS = "everyday_chunks"
_THRESHOLDS = "everyday_thresholds"
_ANSWERED = "everyday_answered"
_GROWN = 1.5


@dataclass(frozen=True, slots=True)
class Calibration:
    """What "nothing" looks like in an index, with the model that made its vectors.

    `thresholds`, by language: what a question of that language comes near a document that has
    nothing to do with it; none where the index answers everyday questions, an encyclopedia.
    `chunks`: how many there were. `answered`: the languages it answers them in.
    """

    model: str
    chunks: int
    thresholds: Mapping[str, float]
    answered: frozenset[str] = frozenset()

    @classmethod
    def of(cls, metadata: Mapping[str, Any]) -> "Calibration | None":
        """What a collection's metadata records; None where that is nothing, or is outdated.

        So is what another edition of the questions or another model found.
        """
        model = metadata.get(_MODEL)
        if metadata.get(_EDITION) != EDITION or model != metadata.get("embedding_model"):
            return None
        pairs = (pair.partition("=") for pair in str(metadata.get(_THRESHOLDS, "")).split())
        thresholds = {language: float(value) for language, _, value in pairs}
        answered = frozenset(str(metadata.get(_ANSWERED, "")).split())
        return cls(str(model), int(metadata.get(_CHUNKS, 0)), thresholds, answered)

    def metadata(self) -> dict[str, str | int | float | bool]:
        """The same as keys of a collection's metadata."""
        pairs = (f"{language}={value:.4f}" for language, value in self.thresholds.items())
        return {
            _EDITION: EDITION,
            _MODEL: self.model,
            _CHUNKS: self.chunks,
            _THRESHOLDS: " ".join(pairs),
            _ANSWERED: " ".join(sorted(self.answered)),
        }

    @property
    def is_possible(self) -> bool:
        """Whether it left everyday questions of a language unanswered: there are thresholds."""
        return bool(self.thresholds)

    def threshold(self, language: str) -> float | None:
        """What a question of that language has to come near; None where nothing tells."""
        if language in self.answered or not self.thresholds:
            return None
        return self.thresholds.get(language, max(self.thresholds.values()))

    def holds(self, chunks: int) -> bool:
        """Whether it still tells of an index with so many chunks: half as many more, and not."""
        return self.chunks / _GROWN < chunks < self.chunks * _GROWN
