"""Questions whose corpus is not in the index: which of them are answered all the same?"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from bench.eval.bed import Ground, judged
from bench.eval.dataset import Dataset
from bench.eval.findings import Findings, Table, percent

PART = "abstention"
MOST_WRONGLY_REFUSED = 0.03
_GOAL = 0.20
_STEPS = 200


@dataclass(frozen=True, slots=True)
class Verdict:
    """How relevant the service found what it retrieved, and whether it refused to answer."""

    indexed: str
    is_answerable: bool
    score: float
    is_refused: bool


@dataclass(frozen=True, slots=True)
class Tradeoff:
    """The two errors at a threshold, as shares."""

    threshold: float
    wrongly_answered: float
    wrongly_refused: float


async def measure(ground: Ground, data: Dataset) -> Findings:
    """One corpus at a time in the index; all questions are asked of it."""
    found = Findings(PART, "Abstention")
    if len(data.corpora) < 2:
        found.remarks.append("not measured: it takes two corpora, one of them not in the index")
        return found
    verdicts: list[Verdict] = []
    thresholds: set[float | None] = set()
    for corpus, text in data.corpora.items():
        settings = await ground.filled({corpus: text})
        async with ground.runtime(settings) as runtime:
            for question in data.questions:
                relevance = await judged(runtime, question.text)
                thresholds.add(relevance.threshold)
                verdicts.append(
                    Verdict(
                        corpus,
                        question.corpus == corpus,
                        relevance.score or 0.0,
                        relevance.is_refusal,
                    )
                )
    lines = []
    for corpus in data.corpora:
        lines.append(_line(f"{corpus} in the index", [v for v in verdicts if v.indexed == corpus]))
    lines.append(_line("all", verdicts))
    found.tables.append(
        Table(
            f"At the thresholds in force ({_span(thresholds)})",
            ["", "questions with an answer", "wrongly refused", "without", "wrongly answered"],
            lines,
        )
    )
    refused, answered = errors(verdicts)
    curve = tradeoff(verdicts)
    best = at_most_refused(curve, MOST_WRONGLY_REFUSED)
    found.figures = {
        "wrongly_answered": answered,
        "wrongly_refused": refused,
        "wrongly_answered_at_3": best.wrongly_answered,
    }
    found.tables.append(_curve_table(curve))
    found.series = {
        "thresholds": [one.threshold for one in curve],
        "wrongly_answered": [one.wrongly_answered for one in curve],
        "wrongly_refused": [one.wrongly_refused for one in curve],
        "in_force": [refused, answered],
    }
    found.at_most("wrongly answered", "wrongly_answered", _GOAL)
    found.at_most("wrongly refused", "wrongly_refused", MOST_WRONGLY_REFUSED)
    return found


def _span(thresholds: Collection[float | None]) -> str:
    """From the lowest to the highest; each question may have its own."""
    known = [threshold for threshold in thresholds if threshold is not None]
    return f"{min(known):.3f} to {max(known):.3f}" if known else "none"


def errors(verdicts: list[Verdict]) -> tuple[float, float]:
    """Shares: of the questions with an answer, refused; of those without, answered."""
    with_answer = [one.is_refused for one in verdicts if one.is_answerable]
    without = [not one.is_refused for one in verdicts if not one.is_answerable]
    return sum(with_answer) / max(1, len(with_answer)), sum(without) / max(1, len(without))


def tradeoff(verdicts: list[Verdict]) -> list[Tradeoff]:
    """Both errors by threshold, were everything below it refused; from low to high."""
    good = np.sort([one.score for one in verdicts if one.is_answerable])
    bad = np.sort([one.score for one in verdicts if not one.is_answerable])
    scores = np.concatenate([good, bad])
    thresholds = np.quantile(scores, np.linspace(0, 1, _STEPS + 1))
    return [
        Tradeoff(
            float(threshold),
            float(1 - np.searchsorted(bad, threshold, side="left") / max(1, len(bad))),
            float(np.searchsorted(good, threshold, side="left") / max(1, len(good))),
        )
        for threshold in thresholds
    ]


def at_most_refused(curve: list[Tradeoff], share: float) -> Tradeoff:
    """The highest threshold that wrongly refuses no more than this."""
    return [one for one in curve if one.wrongly_refused <= share][-1]


def _line(label: str, verdicts: list[Verdict]) -> list[str]:
    refused, answered = errors(verdicts)
    count = sum(one.is_answerable for one in verdicts)
    return [label, str(count), percent(refused), str(len(verdicts) - count), percent(answered)]


def _curve_table(curve: list[Tradeoff]) -> Table:
    lines = []
    for share in (0.0, 0.01, 0.02, 0.03, 0.05, 0.10):
        one = at_most_refused(curve, share)
        lines.append(
            [
                f"<= {percent(share)}",
                f"{one.threshold:.3f}",
                percent(one.wrongly_refused),
                percent(one.wrongly_answered),
            ]
        )
    return Table(
        "The trade-off on these questions",
        ["allowed to be wrongly refused", "threshold", "wrongly refused", "wrongly answered"],
        lines,
    )
