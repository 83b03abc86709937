"""What the service retrieves beside the reference, dense search alone and lexical alone."""

from collections.abc import Mapping, Sequence

import numpy as np

from bench.eval import metrics
from bench.eval.bed import Ground
from bench.eval.dataset import Dataset, Question
from bench.eval.findings import Findings, Table, percent
from bench.eval.metrics import Curve
from bench.eval.span import Span
from bench.eval.systems import BUDGETS, CONTEXT, LABELS, OURS, REFERENCE_NAME, Ranking, rank_all
from rag_stream.text.keywords import terms

PART = "retrieval"
_STEP = 50
_KS = (1, 4, 10)
_REFERENCE_K = 4
_GOALS = {4_000: 0.96, 2_000: 0.90}
_GOAL_CHARACTERS = 1_300


async def measure(ground: Ground, data: Dataset) -> Findings:
    """Every question of every system, with all corpora in one index."""
    rankings = await rank_all(ground, data)
    found = Findings(PART, "Retrieval")
    wanted = [question.references for question in data.questions]
    target = metrics.mean(
        [
            metrics.match(spans[:_REFERENCE_K], references).recall
            for spans, references in zip(rankings[REFERENCE_NAME].found, wanted, strict=True)
        ]
    )
    found.figures["reference_recall_at_k"] = target
    for name, ranking in rankings.items():
        _score(found, name, ranking, wanted, target)
    found.tables.append(_overview(found, target))
    found.tables.append(_by_group(rankings, data))
    found.tables.append(_differences(found, rankings, wanted))
    found.remarks.append(
        "hit@k: one of the first k chunks holds at least half of a reference; the reference's "
        "chunks are longer. Characters that two chunks share count once, in the budget too; where "
        "a chunk goes beyond the budget it is cut, but for the last line."
    )
    found.series = {
        "step": _STEP,
        "labels": LABELS,
        "recall": {
            name: [round(float(value), 4) for value in _mean_curve(ranking)[::_STEP]]
            for name, ranking in rankings.items()
            if name != CONTEXT
        },
    }
    for budget, goal in _GOALS.items():
        found.at_least(f"recall at {budget:,} characters", f"{OURS}_recall_{budget}", goal)
    found.no_more_than(
        f"characters for the reference's recall at k={_REFERENCE_K} ({percent(target)})",
        f"{OURS}_characters",
        _GOAL_CHARACTERS,
        "characters",
    )
    return found


def _score(
    found: Findings,
    name: str,
    ranking: Ranking,
    wanted: Sequence[Sequence[Span]],
    target: float,
) -> None:
    figures = found.figures
    for budget, taken in ranking.at_budget.items():
        matches = [metrics.match(*pair) for pair in zip(taken, wanted, strict=True)]
        figures[f"{name}_recall_{budget}"] = metrics.mean([one.recall for one in matches])
        figures[f"{name}_precision_{budget}"] = metrics.mean([one.precision for one in matches])
        figures[f"{name}_iou_{budget}"] = metrics.mean([one.iou for one in matches])
    for k in _KS:
        hits = [metrics.is_hit(*pair, k) for pair in zip(ranking.found, wanted, strict=True)]
        figures[f"{name}_hit_{k}"] = metrics.mean(hits)
    needed = metrics.characters_needed(_mean_curve(ranking), target)
    if needed is not None:
        figures[f"{name}_characters"] = needed


def _mean_curve(ranking: Ranking) -> Curve:
    curve: Curve = np.mean(ranking.curves, axis=0)
    return curve


def _overview(found: Findings, target: float) -> Table:
    head = ["system"]
    for budget in BUDGETS:
        head += [f"{what} at {budget:,}" for what in ("recall", "precision", "IoU")]
    head += [f"hit@{k}" for k in _KS] + [f"characters for {percent(target)}"]
    lines = []
    for name, label in LABELS.items():
        keys = [f"{what}_{budget}" for budget in BUDGETS for what in ("recall", "precision", "iou")]
        keys += [f"hit_{k}" for k in _KS]
        cells = [percent(found.figures[f"{name}_{key}"]) for key in keys]
        needed = found.figures.get(f"{name}_characters")
        lines.append([label, *cells, "never" if needed is None else f"{needed:,.0f}"])
    return Table("All questions, all corpora in one index", head, lines)


def _by_group(rankings: Mapping[str, Ranking], data: Dataset) -> Table:
    """Recall by corpus, and where a question shares the fewest words with its answer."""
    groups = {
        f"{name} ({len(places)})": places
        for name in data.corpora
        if (places := [i for i, one in enumerate(data.questions) if one.corpus == name])
    }
    order = sorted(range(len(data.questions)), key=lambda i: _overlap(data, data.questions[i]))
    quarter = order[: max(1, len(order) // 4)]
    groups[f"the quarter with the fewest shared words ({len(quarter)})"] = quarter
    names = [name for name in LABELS if name != CONTEXT]
    lines = []
    for label, places in groups.items():
        cells = [
            percent(float(np.mean([rankings[name].curves[i][budget] for i in places])))
            for budget in BUDGETS
            for name in names
        ]
        lines.append([label, *cells])
    head = [f"{name}, {budget:,}" for budget in BUDGETS for name in names]
    return Table("Recall by corpus", ["questions", *head], lines)


def _overlap(data: Dataset, question: Question) -> float:
    asked = terms(question.text)
    text = data.corpora[question.corpus]
    said = terms(" ".join(text[one.start : one.end] for one in question.references))
    return len(asked & said) / max(1, len(asked))


def _differences(
    found: Findings, rankings: Mapping[str, Ranking], wanted: Sequence[Sequence[Span]]
) -> Table:
    lines = []
    for other, label in LABELS.items():
        if other in (OURS, CONTEXT):
            continue
        cells = []
        for budget in BUDGETS:
            ours, theirs = (
                [
                    metrics.match(*pair).recall
                    for pair in zip(rankings[name].at_budget[budget], wanted, strict=True)
                ]
                for name in (OURS, other)
            )
            more = metrics.paired_bootstrap(ours, theirs)
            found.figures[f"gain_over_{other}_{budget}"] = more.mean
            cells.append(
                f"{100 * more.mean:+.1f} ({100 * more.low:+.1f} to {100 * more.high:+.1f})"
            )
        lines.append([f"more than: {label}", *cells])
    head = ["points of recall", *(f"at {budget:,} characters" for budget in BUDGETS)]
    return Table("The pipeline's gain, with a paired bootstrap's 95% interval", head, lines)
