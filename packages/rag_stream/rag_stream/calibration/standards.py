"""How a question's likeness and its words are weighed together in an index. Pure.

Likeness alone tells badly: what nothing answers may be near, with some models all is. What part
of a question a chunk has in words tells as much, where the documents are in its language. Both
are added up for one chunk, for what answers a question is near and has its words: how far it is
above what everyday questions come near, in their standard deviations, and the share of the
question's words. And that the nearest is nearer than others are tells some more. Of several
hundred questions about 48 articles in six languages, half of the articles out of the index, and
of those that were asked of manuals; see docs/quality.md.
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
_ALIGNED = "everyday_aligned"
DIGITS = 6
"""Of these numbers, behind the point: a model's likenesses may all lie in a tenth."""

_WORDS, _WORDS_AMONG_KIN = 8.0, 3.5
"""Standard deviations that all the words of a question are worth; and where the documents are
so near to each other, beyond everyday questions, that likeness tells more, as in a manual."""
_KIN = (7.0, 8.0)
"""So many above what everyday questions come near chunks are to each other: from, and fully."""
_ENOUGH, _ENOUGH_OF_PAIRS = 2.7, 2.4
"""What likeness and words have to come to, with a model that is not measured; and in languages
without blanks, whose words are pairs of characters and seldom all there."""
_OF_WORDS = 0.15
"""The share of its words that what answers a question has at least: by that much less is asked for
with what words are worth less, where it was not measured."""
_IN_PAIRS = frozenset({"ja", "th", "zh"})
_MEASURED: Mapping[str, float] = {LOCAL_EMBEDDINGS: 3.8}
_KNOWS: Mapping[str, frozenset[str]] = {LOCAL_EMBEDDINGS: frozenset({"en"})}
"""The languages of a model that knows few. In others all texts are alike to it."""
_UNKNOWN, _ENOUGH_UNKNOWN = 0.2, 1.4
"""The part of likeness that counts in these, and what it has to come to with the words."""
_BY_CHANCE, _FEW = 0.3, 1_000
"""What more each doubling of the chunks takes then, from so many: some have words by chance."""
REACH = 50
"""The place of the chunk that the nearest one's margin is over."""
_MARGIN, _MARGIN_UNTOLD = 0.5, 0.3
"""What each deviation that the margin is above that of everyday questions counts; and what is
counted where there is none, as among few chunks."""
_ABROAD, _ABROAD_BY_LIKENESS = 0.3, -0.5
"""Where no document is in the language of a question: how much farther than that of everyday
questions the nearest chunk's margin is to be, or, where there is none, how near it itself."""
_ENOUGH_ABROAD = 1.0
"""Or what likeness and words have to come to, whatever the margin. In a manual or a law many
chunks are as near as the one that answers, and all of them nearer than everyday questions come;
and it has names and terms in common with questions in any language."""
_ENGLISH = "en"
"""Every model knows it."""
_TINY = 1e-6


class Standard(NamedTuple):
    """For questions in one language: the part that likeness has in a score, and the threshold.

    `of_one`: whether it is to be one chunk that is near and has the words. To a model that does
    not know the language nearness is chance: it may be any two.
    """

    part: float
    threshold: float
    of_one: bool = True

    def score(self, likeness: float, share: float) -> float:
        """Of a chunk's likeness, and the share of the question's words that it has."""
        return self.part * likeness + (1 - self.part) * share


@dataclass(frozen=True, slots=True)
class Standards:
    """What an index is like, by language, for those who weigh.

    `middles`: what everyday questions come near; `deviations` from that. `kinship`: how near
    almost every chunk has another one; None where too few were looked at. `languages`: those
    that its chunks are in. `margins`: how much nearer the nearest chunk is to everyday questions
    than the fiftieth; none where there are fewer. `aligned`: the languages that the model knows
    beside English, where likeness tells something of a text in another one.
    """

    middles: Mapping[str, float]
    deviations: Mapping[str, float]
    kinship: float | None
    languages: frozenset[str]
    margins: Mapping[str, float] = field(default_factory=dict)
    aligned: frozenset[str] = frozenset()

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
            frozenset(str(metadata.get(_ALIGNED, "")).split()),
        )

    def metadata(self) -> dict[str, str | int | float | bool]:
        """The same as keys of a collection's metadata."""
        told: dict[str, str | int | float | bool] = {
            _MIDDLES: write_numbers(self.middles, DIGITS),
            _DEVIATIONS: write_numbers(self.deviations, DIGITS),
            _LANGUAGES: " ".join(sorted(self.languages)),
            _MARGINS: write_numbers(self.margins, DIGITS),
            _ALIGNED: " ".join(sorted(self.aligned)),
        }
        if self.kinship is not None:
            told[_KINSHIP] = self.kinship
        return told

    def standard(
        self,
        language: str,
        model: str,
        chunks: int,
        enough: float = 1.0,
        margin: float | None = None,
    ) -> Standard | None:
        """For questions in this language, with a model of this name; None where words tell nothing.

        So it is where no document is in the question's language. `chunks`: of the index.
        `enough`: the part of what is asked for that will do. `margin`: of the nearest chunk over
        the fiftieth, for which less is asked for or more.
        """
        if language not in self.languages or language not in self.middles:
            return None
        middle, deviation = self.middles[language], max(_TINY, self.deviations[language])
        usual = _ENOUGH_OF_PAIRS if language in _IN_PAIRS else _ENOUGH
        if language not in _KNOWS.get(model, {language}):
            least = _ENOUGH_UNKNOWN + _BY_CHANCE * max(0.0, math.log2(max(1, chunks) / _FEW))
            return _made(_UNKNOWN / deviation, middle, _WORDS, least * enough, of_one=False)
        words = _WORDS
        if self.kinship is not None:
            words = _worth((self.kinship - middle) / deviation)
        least = _MEASURED.get(model, usual - _OF_WORDS * (_WORDS - words)) * enough
        least -= self._of_margin(language, margin)
        return _made(1.0 / deviation, middle, words, least)

    def _of_margin(self, language: str, margin: float | None) -> float:
        """What a question's margin counts."""
        if margin is None or language not in self.margins:
            return _MARGIN_UNTOLD
        beyond = margin - self.margins[language]
        return _MARGIN * beyond / max(_TINY, self.deviations[language])

    def abroad(
        self, language: str, likeness: float, margin: float | None, *, has_words: bool = False
    ) -> Standard | None:
        """For a question in a language that no document is in.

        None where its words count, and where the model does not know all of these languages. How
        near a question comes to texts in another language tells little; how much nearer than to
        others, more. `margin`: the nearest chunk's over the fiftieth. `has_words`: whether it is
        known which of them a chunk has; names and terms may be the same.
        """
        here = {language, *self.languages}
        if not self.languages or language in self.languages or language not in self.middles:
            return None
        if not self.aligned >= here - {_ENGLISH}:
            return None
        middle, deviation = self.middles[language], max(_TINY, self.deviations[language])
        if margin is None or language not in self.margins:
            return Standard(1.0, middle + _ABROAD_BY_LIKENESS * deviation)
        least = likeness - margin + self.margins[language] + _ABROAD * deviation
        if least <= likeness or not has_words:
            return Standard(1.0, min(least, middle + _ENOUGH_ABROAD * deviation))
        return _made(1.0 / deviation, middle, _WORDS, _ENOUGH_ABROAD)


def _made(
    weight: float, middle: float, words: float, least: float, *, of_one: bool = True
) -> Standard:
    """By what likeness beyond the `middle` and words weigh, and what they have to come to."""
    total = weight + words
    return Standard(weight / total, (least + weight * middle) / total, of_one)


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
