"""The corpora's own language by embedding model: what one finds, and what the other does."""

from collections.abc import Sequence

from bench.eval import metrics
from bench.eval.bed import Ground
from bench.eval.dataset import Dataset
from bench.eval.findings import Findings, Table, percent
from bench.eval.metrics import Difference
from bench.eval.models import Model
from bench.eval.systems import BUDGETS, CONTEXT, OURS, Ranking, rank_all
from bench.progress import say
from rag_stream.settings import LOCAL_EMBEDDINGS

PART = "models"
_WAYS = {CONTEXT: "the service's context", OURS: "its pipeline, cut", "dense": "dense alone"}
_MOST_LOST = 0.003


async def measure(ground: Ground, data: Dataset) -> Findings:
    """All questions with every model, each fused as the service does it."""
    found = Findings(PART, "The same corpora by embedding model")
    rankings: dict[Model, dict[str, Ranking]] = {}
    for model in ground.models:
        say(f"models: {model.label}")
        rankings[model] = await rank_all(ground.of(model), data, (OURS, "dense", "lexical"))
    lines = []
    for model, ranked in rankings.items():
        for way, label in _WAYS.items():
            cells = []
            for budget in BUDGETS:
                share = metrics.mean(_recalls(data, ranked[way], budget))
                found.figures[f"{model.label} {way} {budget}"] = share
                cells.append(percent(share))
            lines.append([f"{model.label}: {label}", *cells])
    lexical = next(iter(rankings.values()))["lexical"]
    cells = [percent(metrics.mean(_recalls(data, lexical, budget))) for budget in BUDGETS]
    lines.append(["lexical alone", *cells])
    head = ["", *(f"recall at {budget:,}" for budget in BUDGETS)]
    found.tables.append(Table("Recall", head, lines))
    first = next((model for model in rankings if model.name == LOCAL_EMBEDDINGS), None)
    if first is None:
        return found
    lines = []
    for model, ranked in rankings.items():
        if model is first:
            continue
        cells = []
        for budget in BUDGETS:
            pair = (_recalls(data, one[CONTEXT], budget) for one in (ranked, rankings[first]))
            more = metrics.paired_bootstrap(*pair)
            cells.append(_shown(more))
            found.figures[f"{model.label} lost {budget}"] = max(0.0, -more.mean)
            if model.name == ground.model.name:
                what = f"{model.label}: recall at {budget:,} lost against {first.label}"
                found.at_most(what, f"{model.label} lost {budget}", _MOST_LOST)
        lines.append([model.label, *cells])
    if lines:
        head = [f"points more than {first.label}", *(f"at {budget:,}" for budget in BUDGETS)]
        title = "The service's context, with a paired bootstrap's 95% interval"
        found.tables.append(Table(title, head, lines))
    return found


def _recalls(data: Dataset, ranking: Ranking, budget: int) -> Sequence[float]:
    pairs = zip(ranking.at_budget[budget], data.questions, strict=True)
    return [metrics.match(found, question.references).recall for found, question in pairs]


def _shown(more: Difference) -> str:
    return f"{100 * more.mean:+.1f} ({100 * more.low:+.1f} to {100 * more.high:+.1f})"
