"""How a question's likeness and its words are weighed together in an index. Pure.

Likeness alone tells badly: what nothing answers may be near, with some models all is. What part
of a question the best chunk has in words tells as much, where the documents are in its
language. Both are added up: how far the nearest chunk is above what everyday questions come
near, in their standard deviations, and the share of the question's words. Of several hundred
questions about 48 articles in six languages, half of the articles out of the index, and of
those that were asked of manuals; see docs/quality.md.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from rag_stream.settings import LOCAL_EMBEDDINGS

_MIDDLES = "everyday_middles"
_DEVIATIONS = "everyday_deviations"
_KINSHIP = "everyday_kinship"
_LANGUAGES = "everyday_languages"
_MARGINS = "everyday_margins"
DIGITS = 6
"""Of these numbers, behind the point: a model's likenesses may all lie in a tenth."""

_WORDS, _WORDS_AMONG_KIN = 8.0, 3.5
"""Standard deviations that all the words of a question are worth; and where the documents are
so near to each other, beyond everyday questions, that likeness tells more, as in a manual."""
_KIN = (7.0, 8.0)
"""So many above what everyday questions come near chunks are to each other: from, and fully."""
_ENOUGH, _ENOUGH_OF_PAIRS = 3.0, 2.6
"""What likeness and words have to come to, with a model that is not measured; and in languages
without blanks, whose words are pairs of characters and seldom all there."""
_IN_PAIRS = frozenset({"ja", "th", "zh"})
_MEASURED: Mapping[str, float] = {LOCAL_EMBEDDINGS: 4.0}
_KNOWS: Mapping[str, frozenset[str]] = {LOCAL_EMBEDDINGS: frozenset({"en"})}
"""The languages of a model that knows few. In others all texts are alike to it."""
_UNKNOWN, _ENOUGH_UNKNOWN = 0.2, 1.4
"""The part of likeness that counts in these, and what it has to come to with the words."""
_BY_CHANCE, _FEW = 0.3, 1_000
"""What more each doubling of the chunks takes then, from so many: some have words by chance."""
REACH = 50
"""The place of the chunk that the nearest one's margin is over."""
_ABROAD, _ABROAD_BY_LIKENESS = 0.1, -0.5
"""Where no document is in the language of a question: how much farther than that of everyday
questions the nearest chunk's margin is to be, or, where there is none, how near it itself."""
_TINY = 1e-6


class Standard(NamedTuple):
    """For questions in one language: the part that likeness has in a score, and the threshold."""

    part: float
    threshold: float

    def score(self, likeness: float, share: float) -> float:
        """Of the nearest chunk's likeness, and the share of the question's words that one has."""
        return self.part * likeness + (1 - self.part) * share


@dataclass(frozen=True, slots=True)
class Standards:
    """What an index is like, by language, for those who weigh.

    `middles`: what everyday questions come near; `deviations` from that. `kinship`: how near
    almost every chunk has another one; None where too few were looked at. `languages`: those
    that its chunks are in. `margins`: how much nearer the nearest chunk is to everyday questions
    than the fiftieth; none where there are fewer.
    """

    middles: Mapping[str, float]
    deviations: Mapping[str, float]
    kinship: float | None
    languages: frozenset[str]
    margins: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def recorded(cls, metadata: Mapping[str, Any]) -> "Standards | None":
        """What a collection's metadata says; None where that is nothing."""
        middles = read_numbers(metadata.get(_MIDDLES))
        deviations = read_numbers(metadata.get(_DEVIATIONS))
        if not middles or middles.keys() != deviations.keys():
            return None
        kinship = metadata.get(_KINSHIP)
        return cls(
            middles,
            deviations,
            float(kinship) if isinstance(kinship, int | float) else None,
            frozenset(str(metadata.get(_LANGUAGES, "")).split()),
            read_numbers(metadata.get(_MARGINS)),
        )

    def metadata(self) -> dict[str, str | int | float | bool]:
        """The same as keys of a collection's metadata."""
        told: dict[str, str | int | float | bool] = {
            _MIDDLES: write_numbers(self.middles, DIGITS),
            _DEVIATIONS: write_numbers(self.deviations, DIGITS),
            _LANGUAGES: " ".join(sorted(self.languages)),
            _MARGINS: write_numbers(self.margins, DIGITS),
        }
        if self.kinship is not None:
            told[_KINSHIP] = self.kinship
        return told

    def standard(
        self, language: str, model: str, chunks: int, enough: float = 1.0
    ) -> Standard | None:
        """For questions in this language, with a model of this name; None where words tell nothing.

        So it is where no document is in the question's language. `chunks`: of the index.
        `enough`: the part of what is asked for that will do.
        """
        if language not in self.languages or language not in self.middles:
            return None
        middle, deviation = self.middles[language], max(_TINY, self.deviations[language])
        usual = _ENOUGH_OF_PAIRS if language in _IN_PAIRS else _ENOUGH
        words, per, least = _WORDS, 1.0, _MEASURED.get(model, usual)
        if language not in _KNOWS.get(model, {language}):
            per = _UNKNOWN
            least = _ENOUGH_UNKNOWN + _BY_CHANCE * max(0.0, math.log2(max(1, chunks) / _FEW))
        elif self.kinship is not None:
            words = _worth((self.kinship - middle) / deviation)
        weight = per / deviation
        total = weight + words
        return Standard(weight / total, (least * enough + weight * middle) / total)

    def abroad(
        self, language: str, model: str, likeness: float, margin: float | None
    ) -> Standard | None:
        """For a question in a language that no document is in: by likeness alone.

        None where its words count, and where the model does not know all of these languages. How
        near a question comes to texts in another language tells little; how much nearer than to
        others, more. `margin`: the nearest chunk's over the fiftieth.
        """
        here = {language, *self.languages}
        if not self.languages or language in self.languages or language not in self.middles:
            return None
        if not _KNOWS.get(model, here) >= here:
            return None
        least = self.middles[language] + _ABROAD_BY_LIKENESS * self.deviations[language]
        if margin is not None and language in self.margins:
            asked = self.margins[language] + _ABROAD * self.deviations[language]
            least = likeness - margin + asked
        return Standard(1.0, least)


def _worth(kin: float) -> float:
    """What words are worth among chunks that are so near to each other."""
    part = min(1.0, max(0.0, (kin - _KIN[0]) / (_KIN[1] - _KIN[0])))
    return _WORDS + part * (_WORDS_AMONG_KIN - _WORDS)


def read_numbers(told: Any) -> dict[str, float]:
    """The numbers by language that `write_numbers` has written."""
    pairs = (pair.partition("=") for pair in str(told or "").split())
    return {language: float(value) for language, _, value in pairs}


def write_numbers(values: Mapping[str, float], digits: int = 4) -> str:
    return " ".join(f"{language}={value:.{digits}f}" for language, value in values.items())
