"""The results as tables in Markdown, for the terminal and for bench.md."""

from collections.abc import Sequence
from statistics import median

from bench.catalog import KINDS, OURS, PLAIN
from bench.results import Results, machine
from bench.rows import Row, best_peer, verdict

BEST_PEER_GOAL = 10


def report(results: Results, wanted: Sequence[Row], note: str) -> str:
    """Figures, ratios, CPU shares and warnings."""
    parts = ["# How rag-stream compares", f"{machine()}. {note}"]
    parts += ["## Figures: median (lowest - highest round)", _figures(results, wanted)]
    if PLAIN in results.names and len(results.names) > 1:
        parts += ["## Ratios to plain LangServe", _ratios(results, wanted)]
    if limits := _limits(results, wanted):
        parts += ["## The service's own limits", limits]
    if results.shares:
        parts += ["## CPU used, in % of one core", _shares(results)]
    warnings = results.warnings()
    if warnings:
        parts += ["## Warnings", "\n".join(f"- {line}" for line in warnings)]
    return "\n\n".join(parts) + "\n"


def _figures(results: Results, wanted: Sequence[Row]) -> str:
    lines = []
    for row in wanted:
        by_name = results.figures.get(row.key, {})
        cells = [_cell(row, by_name.get(name)) for name in results.names]
        lines.append([f"{row.label}{f', {row.unit}' if row.unit else ''}", *cells])
    return table(["", *(KINDS[name].label for name in results.names)], lines)


def _ratios(results: Results, wanted: Sequence[Row]) -> str:
    others = [name for name in results.names if name != PLAIN]
    lines = []
    for row in wanted:
        medians = results.medians(row.key)
        base = medians.get(PLAIN)
        if not base:
            continue
        cells = [_ratio(medians[name] / base) if name in medians else "-" for name in others]
        sign = ">=" if row.more_is_better else "<="
        goal = f"{sign} {row.goal:g}" if row.goal is not None else ""
        lines.append([row.label, *cells, goal, verdict(row, medians)])
    if any(row.goal for row in wanted):
        lines += _against_best_peer(results, others)
    return table(["", *(KINDS[name].label for name in others), "goal", "ours"], lines)


def _limits(results: Results, wanted: Sequence[Row]) -> str:
    lines = []
    for row in wanted:
        ours = results.medians(row.key).get(OURS)
        if row.most is not None and ours is not None:
            reached = "reached" if ours <= row.most else "not reached"
            cells = (f"<= {row.most:g}", f"{ours:,.{row.digits}f}", reached)
            lines.append([f"{row.label}, {row.unit}", *cells])
    return table(["", "goal", "ours", ""], lines) if lines else ""


def _against_best_peer(results: Results, others: list[str]) -> list[list[str]]:
    medians = results.medians("saturated_30_tokens_s")
    best = best_peer(medians)
    if not best or OURS not in medians:
        return []
    times = medians[OURS] / best
    cells = [_ratio(times) if name == OURS else "" for name in others]
    reached = "reached" if times >= BEST_PEER_GOAL else "not reached"
    label = "saturated, 30 at once: tokens a second, times the best peer"
    return [[label, *cells, f">= {BEST_PEER_GOAL}", reached]]


def _shares(results: Results) -> str:
    lines = []
    for scenario, by_name in results.shares.items():
        for name in by_name:
            share = results.share(scenario, name)
            used = (share.server, share.upstream, share.driver, share.others)
            cells = [f"{part * 100:.0f}" for part in used]
            lines.append([f"{scenario}, {KINDS[name].label}", *cells, f"{share.late_ms:.0f}"])
    return table(
        ["", "server", "stand-in model", "driver", "other programs", "model late by, ms"], lines
    )


def table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table whose columns also line up as plain text."""
    widths = [max(len(line[place]) for line in [head, *lines]) for place in range(len(head))]
    ruler = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    shown = []
    for first, *others in [head, ruler, *lines]:
        cells = [first.ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        shown.append(f"| {' | '.join(cells)} |")
    return "\n".join(shown)


def _cell(row: Row, values: list[float] | None) -> str:
    if not values:
        return "-"
    text = f"{median(values):,.{row.digits}f}"
    if len(values) > 1:
        text += f" ({min(values):,.{row.digits}f} - {max(values):,.{row.digits}f})"
    return text


def _ratio(value: float) -> str:
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}" if value < 10 else f"{value:.1f}"
