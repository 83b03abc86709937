"""From what everyday questions come near in an index to the thresholds of its answers. Pure.

All in terms of their own spread, so that it is the same for a model whose likenesses lie
between 0.7 and 0.9. Measured on indexes of 200 to 13,755 chunks: see docs/quality.md.

A question is held against what it has beyond an everyday one: its likeness to the nearest
chunk without a part of its likeness to everyday questions (`everydayness.py`).
"""

from collections.abc import Mapping, Sequence

import numpy as np

from rag_stream.calibration.standards import DIGITS, Standards

LIKENESS, BEYOND = (0.975, 2.0), (0.95, 1.8)
"""Of the everyday questions of a language, those that are to be below its threshold, and by how
many standard deviations it is above the middle at least: by their likeness alone, and by what
they have beyond being like each other, which tells more."""
_FLOOR = 1.65
"""So many above the middle of their likeness a question has to be, however unlike them it is."""
_MOST = 3.2
"""So many at most: the documents may answer a few of the questions."""
_UPPER = 0.8416
"""So many of them lie between the middle of a normal distribution and its upper fifth."""
_LIKE = 0.1
"""The share of chunks that may have nothing else in the index as near as a threshold."""
_OF_ALL = 0.1
"""The share of the chunks that makes a language one of the index."""


def thresholds(
    scores: Mapping[str, Sequence[float]], by: tuple[float, float] = LIKENESS
) -> Mapping[str, float]:
    """By language, the score below which a question has nothing to do with the index."""
    found = {}
    share, above = by
    for language, own in scores.items():
        middle, high = np.quantile(own, [0.5, share])
        away = _deviation(own)
        least, most = middle + above * away, middle + _MOST * away
        found[language] = float(np.clip(high, least, most))
    return found


def floors(scores: Mapping[str, Sequence[float]]) -> Mapping[str, float]:
    """By language, the likeness that any question has to come near, be it like no everyday one.

    Who asks about something else need not ask about an everyday thing.
    """
    return {
        language: float(np.median(own)) + _FLOOR * _deviation(own)
        for language, own in scores.items()
    }


def spread(scores: Mapping[str, Sequence[float]]) -> float:
    """The standard deviation of the scores of a language, of a language in the middle."""
    return float(np.median([_deviation(own) for own in scores.values()]))


def standards(
    scores: Mapping[str, Sequence[float]],
    kinship: Mapping[str, Sequence[float]],
    chunks: Mapping[str, int],
    margins: Mapping[str, Sequence[float]],
    aligned: frozenset[str],
) -> Standards:
    """What an index is like: by what everyday questions come near, and how near chunks are.

    `chunks`: how many of those that were looked at are in a language. `margins`: how much nearer
    the nearest is to everyday questions than the last of some. `aligned`: the languages that the
    model knows beside English.
    """
    common = spread(scores)
    near = [round(float(np.quantile(own, _LIKE)), DIGITS) for own in kinship.values()]
    least = _OF_ALL * sum(chunks.values())
    return Standards(
        {language: round(float(np.median(own)), DIGITS) for language, own in scores.items()},
        # That of some ten questions is small by chance now and then.
        {language: round(max(common, _deviation(own)), DIGITS) for language, own in scores.items()},
        max(near, default=None),
        frozenset(language for language, count in chunks.items() if count >= least),
        {language: round(float(np.median(own)), DIGITS) for language, own in margins.items()},
        aligned,
    )


def _deviation(own: Sequence[float]) -> float:
    """Of scores, by those above the middle, without the highest, which may be answered."""
    middle, upper = np.quantile(own, [0.5, 0.8])
    return float(upper - middle) / _UPPER


def answered(found: Mapping[str, float], kinship: Mapping[str, Sequence[float]]) -> frozenset[str]:
    """The languages in which the index answers everyday questions, or might.

    `kinship`: of some chunks in a language, how near each has another of the index. Where
    everyday questions come as near, it is about everything, as an encyclopedia is. A language
    without any, as of an index of a few chunks, is told apart: but where all that have one are
    not, the index is an encyclopedia for whoever asks.
    """
    failing = {
        language
        for language, own in kinship.items()
        if language in found and found[language] >= float(np.quantile(own, _LIKE))
    }
    is_encyclopedia = bool(failing) and failing >= kinship.keys() & found.keys()
    return frozenset(found if is_encyclopedia else failing)
