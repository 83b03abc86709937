"""The findings as Markdown, for the terminal and for eval.md."""

from collections.abc import Sequence

from bench.eval.dataset import Dataset
from bench.eval.findings import Findings
from bench.report import table
from bench.results import machine


def report(findings: Sequence[Findings], data: Dataset) -> str:
    """Goals first, then the tables of each part."""
    told = (
        f"{len(data.questions)} questions about {len(data.corpora)} corpora of "
        f"{sum(map(len, data.corpora.values())):,} characters, from `{data.folder}`. {machine()}."
    )
    parts = ["# What rag-stream retrieves and answers", told]
    goals = [goal for found in findings for goal in found.goals]
    if goals:
        lines = [
            [
                goal.part,
                goal.what,
                goal.goal,
                goal.measured,
                "reached" if goal.is_reached else "NOT REACHED",
            ]
            for goal in goals
        ]
        parts += ["## Goals", table(["part", "figure", "goal", "measured", ""], lines)]
    for found in findings:
        parts.append(f"## {found.title}")
        parts += [one.as_markdown() for one in found.tables]
        if found.remarks:
            parts.append("\n".join(f"- {remark}" for remark in found.remarks))
    if data.mismatches:
        told = f"{len(data.mismatches)} references whose content stands elsewhere; places count"
        parts += [f"## {told}", "\n".join(f"- {line}" for line in data.mismatches[:20])]
    return "\n\n".join(parts) + "\n"
