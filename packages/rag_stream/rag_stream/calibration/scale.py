"""How far apart a model's cosines lie in an index, and which languages it knows. Pure.

A cosine alone says little: one model puts what has nothing to do with a question at 0.1 and its
answer at 0.5, another the one at 0.80 and the other at 0.86. What is laid beside cosines, as a
match of words is, has to be told in terms of that. And of a model that takes any two texts in a
language for alike, as an English one does of Arabic, cosines tell next to nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import pstdev
from types import MappingProxyType
from typing import Any

from rag_stream.settings import LOCAL_EMBEDDINGS

FEWEST = 20
"""Chunks that have to be there: among fewer, any may be the one that is asked for."""
_MODEL = "scale_model"
_SCATTER = "scale_scatter"
_KNOWN = "scale_known"
_OF_NEAREST = 1.5
"""The nearest of many chunks lie nearer to each other than all do: by about that."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The scale of a model's cosines in an index.

    `scatter`: the standard deviation of one question's cosines with chunks from all over it; None
    where that is not known. `known`: by language, how well the model tells questions in it apart,
    as a share of the language where it does that best. `words`: so many scatters a match of all
    the question's words is worth; the better a model, the less words have to add.
    """

    scatter: float | None = None
    known: Mapping[str, float] = field(default_factory=dict)
    words: float = 7.0

    @classmethod
    def of(cls, metadata: Mapping[str, Any]) -> "Scale":
        """Of a collection, by its metadata: what was measured there, and is known of its model.

        Where all of an index is in a language that its model does not know, its scatter is small,
        and that of a question in another one is not: a known model's counts at the least.
        """
        own = cls.recorded(metadata)
        told = _OF_MODELS.get(str(metadata.get("embedding_model", "")).partition("@")[0], _NOTHING)
        if own is None or own.scatter is None:
            return told
        return cls(max(own.scatter, told.scatter or 0.0), own.known, told.words)

    @classmethod
    def recorded(cls, metadata: Mapping[str, Any]) -> "Scale | None":
        """What was measured with the model that made the vectors; None where nothing was."""
        if _SCATTER not in metadata or metadata.get(_MODEL) != metadata.get("embedding_model"):
            return None
        return cls(float(metadata[_SCATTER]) or None, _read(str(metadata.get(_KNOWN, ""))))

    def metadata(self, model: str) -> dict[str, str | int | float | bool]:
        """The same as keys of a collection's metadata."""
        known = " ".join(f"{language}={share:g}" for language, share in self.known.items())
        return {_MODEL: model, _SCATTER: self.scatter or 0.0, _KNOWN: known}

    def knows(self, language: str) -> float:
        """How well it tells questions in a language apart; of one not measured, as the best."""
        return self.known.get(language, 1.0)


def by_candidates(cosines: Sequence[float], most: int) -> float | None:
    """About the scatter, by the cosines of the nearest chunks to a question, `most` or all.

    None where there are too few.
    """
    if len(cosines) < FEWEST:
        return None
    return pstdev(cosines) * (_OF_NEAREST if len(cosines) >= most else 1.0)


def _read(told: str) -> dict[str, float]:
    pairs = (pair.partition("=") for pair in told.split())
    return {language: float(share) for language, _, share in pairs}


_NOTHING = Scale()
_MINILM = (
    "en=1 de=0.72 fr=0.59 es=0.51 it=0.57 pt=0.57 nl=0.6 pl=0.51 ru=0.49 uk=0.44 tr=0.49 sv=0.68"
    " ar=0.34 fa=0.22 he=0.59 hi=0.35 zh=0.47 ja=0.46 ko=0.38 vi=0.52 th=0.11 id=0.51"
    " bn=0.14 el=0.29 cs=0.58 ro=0.58 hu=0.63"
)
_OF_MODELS: Mapping[str, Scale] = MappingProxyType(
    {
        LOCAL_EMBEDDINGS: Scale(0.0667, MappingProxyType(_read(_MINILM)), 9.0),
        "local:multilingual-e5-small": Scale(0.0125, words=5.0),
    }
)
"""By the model's name, as measured over documents of six languages: for an index without."""
