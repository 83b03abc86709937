"""The rows of the table: what each figure is called, its unit, and what we want of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bench.catalog import OURS, PLAIN, RELAY
from bench.scale import Scale


@dataclass(frozen=True, slots=True)
class Row:
    """One figure."""

    key: str
    label: str
    unit: str
    goal: float | None = None
    """The ratio to plain LangServe that the service is meant to reach."""
    more_is_better: bool = False
    digits: int = 1
    most: float | None = None
    """The most that the service's figure may be, in its unit."""


def rows(scale: Scale, scenarios: str) -> list[Row]:
    """All rows of these scenarios, in the table's order."""
    found: list[Row] = []
    if "a" in scenarios:
        for readers in scale.at_once:
            found += _saturated(readers)
    if "b" in scenarios:
        found += [
            Row("paced_streams", "paced streams held by one worker", "", 16, True, 0),
            Row("paced_added_p95_ms", "there: p95 of the delay added to the first token", "ms"),
            Row("paced_stretch", "there: median stretch of an answer", "x", digits=2),
            Row("paced_gap_p95_ms", "there: p95 of the gap between an answer's pieces", "ms"),
            Row("paced_one_gap_ms", "one paced stream: median gap between tokens", "ms"),
            Row("paced_one_added_ms", "one paced stream: delay added to the first token", "ms"),
        ]
    if "c" in scenarios:
        for tokens in scale.log_tokens:
            found += _logs(tokens)
    if "d" in scenarios:
        found += [
            Row("cold_start_s", "cold start to ready", "s", 0.5, digits=2),
            Row("cold_start_cpu_s", "cold start: CPU until ready", "s", digits=2),
        ]
    if "e" in scenarios:
        found += [
            Row("memory_start_mb", "memory when ready", "MB", digits=0),
            Row("memory_rest_mb", "memory at rest, after first answers", "MB", 1.0, digits=0),
            Row("memory_stream_kb", "memory for each open stream", "KB", digits=0),
        ]
    if "f" in scenarios:
        found += _searches(scale.chunks)
    return found


def _searches(chunks: int) -> list[Row]:
    label = f"retrieval, {chunks:,} chunks"
    return [
        Row("retrieval_added_p50_ms", f"{label}: added to a dense search", "ms", most=10),
        Row("retrieval_pipeline_p50_ms", f"{label}: the pipeline, median", "ms"),
        Row("retrieval_pipeline_p95_ms", f"{label}: the pipeline, p95", "ms"),
        Row("retrieval_plain_p50_ms", f"{label}: dense alone, k=4, median", "ms"),
        Row("retrieval_lexical_p50_ms", f"{label}: lexical search alone, median", "ms"),
        Row("retrieval_embed_p50_ms", f"{label}: embedding the question, median", "ms"),
    ]


def _saturated(readers: int) -> list[Row]:
    who = "one at a time" if readers == 1 else f"{readers} at once"
    speed_goal, first_goal = (15, 0.4) if readers == 1 else (20, None)
    name = f"saturated_{readers}"
    return [
        Row(f"{name}_tokens_s", f"saturated, {who}: tokens a second", "", speed_goal, True, 0),
        Row(f"{name}_first_ms", f"saturated, {who}: first token, median", "ms", first_goal),
        Row(f"{name}_token_us", f"saturated, {who}: CPU of the server a token", "us"),
    ]


def _logs(tokens: int) -> list[Row]:
    wanted = tokens == 1000
    found = []
    for name, time_goal, bytes_goal in (("log", 0.1, 0.05), ("events", 0.2, None)):
        key, label = f"{name}_{tokens}", f"stream_{name}, {tokens:,} tokens"
        found += [
            Row(f"{key}_s", f"{label}: time", "s", time_goal if wanted else None, digits=3),
            Row(f"{key}_kb", f"{label}: bytes", "KB", bytes_goal if wanted else None, digits=0),
            Row(f"{key}_cpu_s", f"{label}: CPU", "s", digits=3),
        ]
    return found


def verdict(row: Row, medians: Mapping[str, float]) -> str:
    """Whether our figure reaches the goal, in words; empty where there is none."""
    if row.goal is None or OURS not in medians or not medians.get(PLAIN):
        return ""
    ratio = medians[OURS] / medians[PLAIN]
    reached = ratio >= row.goal if row.more_is_better else ratio <= row.goal
    return "reached" if reached else "not reached"


def best_peer(medians: Mapping[str, float]) -> float | None:
    """The highest figure among the peers; neither ours nor the limit is one."""
    return max(
        (value for name, value in medians.items() if name not in (OURS, RELAY)), default=None
    )
