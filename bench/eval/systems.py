"""The ways to retrieve that are compared, and what each finds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.documents import Document

from bench.eval import fusions, metrics
from bench.eval.bed import REFERENCE, Ground, retrieved, spans
from bench.eval.dataset import Dataset
from bench.eval.metrics import Curve
from bench.eval.span import Span, cut

BUDGETS = (4_000, 2_000)
"""Characters of context."""
MOST = 8_000
"""Characters up to which recall is followed."""
OURS, CONTEXT, REFERENCE_NAME = "pipeline", "context", "reference"
_WIDE: Mapping[str, Any] = {"k": 100, "context_chars": 50_000}
"""Far more than what is followed."""

LABELS = {
    REFERENCE_NAME: "reference (1000/200, dense)",
    "dense": "our chunks, dense",
    "lexical": "our chunks, lexical",
    "ranks": "our chunks, both joined by rank (RRF)",
    "recipe": "the same, 400 characters, plain vectors",
    OURS: "the service's pipeline",
    CONTEXT: "the same, whole chunks only, as in its prompt",
}
_ASKED: Mapping[str, Mapping[str, Any]] = {
    REFERENCE_NAME: REFERENCE,
    "dense": {"search_type": "dense"},
    "lexical": {"search_type": "lexical"},
    "recipe": {"chunk_size": 400, "is_smooth": False},
    OURS: {},
}


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a system found, question by question: far more than a context holds, best first."""

    found: Sequence[Sequence[Span]]
    curves: Sequence[Curve]
    at_budget: Mapping[int, Sequence[Sequence[Span]]]
    """What fits into a context, the last chunk cut."""


async def rank_all(
    ground: Ground, data: Dataset, names: Collection[str] = tuple(_ASKED)
) -> dict[str, Ranking]:
    """Ask the systems every question, with all corpora in one index; by name, as in LABELS."""
    found: dict[str, list[list[Document]]] = {}
    for name, changes in _ASKED.items():
        if name in names:
            found[name] = await _ask(ground, data, {**changes, **_WIDE})
    pairs = list(zip(found["dense"], found["lexical"], strict=True))
    found["ranks"] = [fusions.by_rank(dense, lexical) for dense, lexical in pairs]
    rankings = {name: _ranking(data, documents) for name, documents in found.items()}
    taken = {
        budget: [
            spans(documents)
            for documents in await _ask(ground, data, {**_ASKED[OURS], "context_chars": budget})
        ]
        for budget in BUDGETS
    }
    ours = rankings[OURS]
    rankings[CONTEXT] = Ranking(ours.found, ours.curves, taken)
    return {name: rankings[name] for name in LABELS if name in rankings}


async def _ask(ground: Ground, data: Dataset, changes: Mapping[str, Any]) -> list[list[Document]]:
    settings = await ground.filled(data.corpora, **changes)
    async with ground.runtime(settings) as runtime:
        return [await retrieved(runtime, question.text) for question in data.questions]


def _ranking(data: Dataset, documents: Sequence[Sequence[Document]]) -> Ranking:
    found = [spans(ones) for ones in documents]
    curves = [
        metrics.recall_curve(ones, question.references, MOST)
        for ones, question in zip(found, data.questions, strict=True)
    ]
    return Ranking(
        found, curves, {budget: [cut(ones, budget) for ones in found] for budget in BUDGETS}
    )
