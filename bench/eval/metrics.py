"""How well found ranges match the wanted ones. Pure."""

from collections.abc import Sequence
from statistics import fmean
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.eval.span import Span, fresh, merged, shared, size

Curve = NDArray[np.float64]


class Match(NamedTuple):
    """Shares of characters, each from 0 to 1."""

    recall: float
    """Of the wanted characters, those found."""
    precision: float
    """Of the found characters, those wanted."""
    iou: float
    """Of the characters found or wanted, those that are both."""

    @property
    def f1(self) -> float:
        both = self.recall + self.precision
        return 2 * self.recall * self.precision / both if both else 0.0


def match(found: Sequence[Span], wanted: Sequence[Span]) -> Match:
    """Every character counts once, however often it was found; nothing found matches nothing."""
    common, has, wants = shared(found, wanted), size(found), size(wanted)
    union = has + wants - common
    return Match(
        common / wants if wants else 0.0,
        common / has if has else 0.0,
        common / union if union else 0.0,
    )


def is_hit(found: Sequence[Span], wanted: Sequence[Span], k: int) -> bool:
    """Whether one of the first `k` ranges holds at least half of one wanted range."""
    return any(
        2 * shared([one], [reference]) >= reference.end - reference.start
        for one in found[:k]
        for reference in wanted
    )


def recall_curve(found: Sequence[Span], wanted: Sequence[Span], most: int) -> Curve:
    """Recall [most + 1] after that many different characters of `found` as they come."""
    gains = np.zeros(most + 1)
    places = [(one.corpus, np.arange(one.start, one.end)) for one in merged(wanted)]
    at = 0
    for span in fresh(found):
        if at >= most:
            break
        for corpus, wanted_ones in places:
            if corpus == span.corpus:
                met = wanted_ones[(wanted_ones >= span.start) & (wanted_ones < span.end)]
                after = at + 1 + met - span.start
                gains[after[after <= most]] += 1
        at += span.end - span.start
    curve: Curve = np.cumsum(gains) / max(1, size(wanted))
    return curve


def characters_needed(curve: Curve, recall: float) -> int | None:
    """The fewest characters that reach this recall; None where the curve ends below it."""
    reached = np.nonzero(curve >= recall - 1e-12)[0]
    return int(reached[0]) if len(reached) else None


class Difference(NamedTuple):
    """The mean of paired differences and the interval that holds it, 95 times in 100."""

    mean: float
    low: float
    high: float


def paired_bootstrap(
    ours: Sequence[float], theirs: Sequence[float], *, rounds: int = 10_000, seed: int = 7
) -> Difference:
    """Ours minus theirs, question by question; the same seed gives the same interval."""
    if len(ours) != len(theirs) or not ours:
        raise ValueError(f"expected as many of both, got {len(ours)} and {len(theirs)}")
    differences = np.asarray(ours, float) - np.asarray(theirs, float)
    rng = np.random.default_rng(seed)
    means = np.empty(rounds)
    for at in range(0, rounds, 500):
        many = min(500, rounds - at)
        drawn = rng.integers(0, len(differences), (many, len(differences)))
        means[at : at + many] = differences[drawn].mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return Difference(float(differences.mean()), float(low), float(high))


def mean(values: Sequence[float]) -> float:
    """The mean; 0 of nothing."""
    return fmean(values) if values else 0.0
