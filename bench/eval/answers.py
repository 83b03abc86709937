"""The local answerer: how much of its answers is what the references say, and how much of them."""

from collections.abc import Sequence

from langchain_core.documents import Document

from bench.eval import metrics
from bench.eval.asked import ask_all
from bench.eval.bed import REFERENCE, Ground, retrieved, within
from bench.eval.citations import checks
from bench.eval.dataset import Dataset
from bench.eval.findings import Findings, Table, percent
from bench.eval.span import Span
from rag_stream.text.sentences import split_sentences

PART = "answers"
_GOAL = 0.48
_SENTENCES = 3
HALVES = {"dev": 0, "test": 1}
"""By the remainder of the question's place; only the first was looked at while tuning."""


async def measure(ground: Ground, data: Dataset) -> Findings:
    """Every question to the service with its local answerer, all corpora in one index."""
    found = Findings(PART, "The local answerer")
    questions = [question.text for question in data.questions]
    settings = await ground.filled(data.corpora)
    async with ground.chain(settings) as chain:
        asked = await ask_all(chain, questions)
    systems = {
        "local answerer": [one.quoted() for one in asked],
        "first three sentences of our top chunk": [_first(one.documents) for one in asked],
        "first three sentences of the reference's top chunk": await _references_first(ground, data),
    }
    wanted = [question.references for question in data.questions]
    lines = []
    for label, quoted in systems.items():
        cells = []
        for half, remainder in HALVES.items():
            matches = [
                metrics.match(*pair)
                for pair in list(zip(quoted, wanted, strict=True))[remainder::2]
            ]
            figures = {
                "recall": metrics.mean([one.recall for one in matches]),
                "precision": metrics.mean([one.precision for one in matches]),
                "f1": metrics.mean([one.f1 for one in matches]),
            }
            cells += [percent(value) for value in figures.values()]
            name = "answerer" if label == "local answerer" else label
            found.figures |= {f"{name}_{what}_{half}": value for what, value in figures.items()}
        lines.append([label, *cells])
    head = ["", *(f"{what}, {half}" for half in HALVES for what in ("recall", "precision", "F1"))]
    found.tables.append(Table("Characters of the answer against the references'", head, lines))
    refused = sum(one.is_refused for one in asked)
    found.remarks.append(f"{refused} of {len(asked)} answers were refused; they count as 0")
    checks(found, "local", asked)
    found.series = {
        "f1": {
            label: [
                found.figures[f"{'answerer' if label == 'local answerer' else label}_f1_{half}"]
                for half in HALVES
            ]
            for label in systems
        },
        "halves": list(HALVES),
    }
    found.at_least("character F1 on the half not tuned on", "answerer_f1_test", _GOAL)
    return found


async def _references_first(ground: Ground, data: Dataset) -> list[list[Span]]:
    settings = await ground.filled(data.corpora, **REFERENCE)
    async with ground.runtime(settings) as runtime:
        return [_first(await retrieved(runtime, one.text)) for one in data.questions]


def _first(documents: Sequence[Document]) -> list[Span]:
    """The beginning of the best document."""
    if not documents:
        return []
    best = documents[0]
    found = list(split_sentences(best.page_content))[:_SENTENCES]
    return [within(best, start, end) for _, start, end, _, _ in found]
