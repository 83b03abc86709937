"""How long each stage of retrieval takes, and what the pipeline adds to a plain dense search."""

import time
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field

from bench.endings.goals import nearest_rank
from bench.eval.bed import PLAIN_K, Ground, find, search_lexical
from bench.eval.dataset import Dataset
from bench.eval.findings import Findings, Table
from rag_stream.pipeline.runtime import Runtime

PART = "latency"
STAGES = {
    "embed": "embed the question",
    "dense": "dense search alone, 50 candidates",
    "lexical": "lexical search alone, 50 candidates",
    "rest": "fusing both, fetching the chunks (what remains)",
    "plain": f"a plain dense search, k={PLAIN_K}, question embedded before",
    "pipeline": "the whole pipeline, question embedded before",
    "added": "what the pipeline adds to the plain search",
}
GOAL_ADDED_MS = 10.0
_WARM = 5
_CANDIDATES = 50


@dataclass(slots=True)
class Times:
    """Milliseconds by stage, a value a question."""

    ms: dict[str, list[float]] = field(default_factory=lambda: {stage: [] for stage in STAGES})

    def p(self, stage: str, share: float) -> float:
        return nearest_rank(self.ms[stage], share)


async def times(runtime: Runtime, questions: Sequence[str]) -> Times:
    """Each question through every stage; both ways of searching take turns, one question apart."""
    found = Times()
    snapshot = await runtime.index.snapshot()
    for place, question in enumerate([*questions[:_WARM], *questions]):
        if place == _WARM:
            found = Times()
        # Another wording each time: vectors of questions are remembered.
        text = f"{question} ({place})"
        ms = found.ms
        ms["embed"].append(await _ms(runtime.embedder.embed_question(text)))
        vector = await runtime.embedder.embed_question(text)
        ms["dense"].append(await _ms(runtime.index.propose(snapshot, vector, _CANDIDATES)))
        ms["lexical"].append(await _ms(search_lexical(runtime, snapshot, text, _CANDIDATES)))
        for way in ("plain", "pipeline") if place % 2 else ("pipeline", "plain"):
            ms[way].append(await _ms(find(runtime, text, is_plain=way == "plain")))
        ms["rest"].append(ms["pipeline"][-1] - ms["dense"][-1] - ms["lexical"][-1])
        ms["added"].append(ms["pipeline"][-1] - ms["plain"][-1])
    return found


async def measure(ground: Ground, data: Dataset) -> Findings:
    """The stages on the data's own index; `make bench` has them at 10,000 chunks."""
    found = Findings(PART, "Latency of retrieval")
    settings = await ground.filled(data.corpora)
    async with ground.runtime(settings, embedder=ground.plain) as runtime:
        snapshot = await runtime.index.snapshot()
        count = await runtime.index.count(snapshot)
        took = await times(runtime, [question.text for question in data.questions])
    lines = []
    for stage, label in STAGES.items():
        p50, p95 = took.p(stage, 0.5), took.p(stage, 0.95)
        found.figures |= {f"{stage}_p50_ms": p50, f"{stage}_p95_ms": p95}
        lines.append([label, f"{p50:.1f}", f"{p95:.1f}"])
    found.tables.append(Table(f"With {count:,} chunks, ms", ["stage", "p50", "p95"], lines))
    found.series = {
        "chunks": count,
        "labels": STAGES,
        "p50": [took.p(stage, 0.5) for stage in STAGES],
        "p95": [took.p(stage, 0.95) for stage in STAGES],
    }
    return found


async def _ms(work: Awaitable[object]) -> float:
    started = time.perf_counter()
    await work
    return (time.perf_counter() - started) * 1000
