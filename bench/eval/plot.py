"""The findings as one picture: `python -m bench.eval.plot eval.json eval.png`."""

import json
import sys
from collections.abc import Callable, Mapping
from functools import partial
from math import ceil
from pathlib import Path
from textwrap import wrap
from typing import Any

from bench.eval import plot_conversation, plot_languages

Draw = Callable[[Any, dict[str, Any]], None]

_COLOURS = {
    "pipeline": "#0b6e4f",
    "reference": "#c8553d",
    "dense": "#2a6f97",
    "lexical": "#b08900",
    "recipe": "#8a6d9f",
    "ranks": "#b8a9c4",
}
_SHADES = ("#0b6e4f", "#b8bfc6", "#dfe3e6")
_REACHED, _NOT_REACHED, _PALE = "#0b6e4f", "#c0392b", "#b8bfc6"
_BUDGETS = (2_000, 4_000)
_STAGES = {
    "embed": "embed",
    "dense": "dense, 50",
    "lexical": "lexical, 50",
    "rest": "fuse, fetch",
    "plain": "plain dense, k=4",
    "pipeline": "pipeline",
    "added": "added to plain",
}


def plot(results: dict[str, Any], target: Path) -> None:
    """Recall, languages, abstention on the data and at real size, F1 of answers, latency."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    parts = {part["part"]: part for part in results["parts"] if part["series"]}
    panels = [(parts[name], draw) for name, draw in _panels(parts) if name in parts]
    rows = max(1, ceil(len(panels) / 2))
    figure, grid = plt.subplots(
        rows, 2, figsize=(15, 4.7 * rows), layout="constrained", squeeze=False
    )
    for axes in list(grid.flat)[len(panels) :]:
        axes.axis("off")
    for axes, (part, draw) in zip(grid.flat, panels, strict=False):
        draw(axes, part)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    goals = [goal for part in results["parts"] for goal in part["goals"]]
    missed = [f"{goal['part']}: {goal['what']}" for goal in goals if not goal["is_reached"]]
    count = f"{results['questions']} questions"
    figure.suptitle(f"What rag-stream retrieves and answers, {count}", fontsize=15)
    below = f"Not reached: {'; '.join(missed)}" if missed else "All goals are reached."
    below = "\n".join(wrap(f"{results['machine']}. {below}", 200)[:4])
    figure.supxlabel(below, fontsize=9, color=_NOT_REACHED if missed else _REACHED)
    figure.savefig(target, dpi=110)


def _panels(parts: Mapping[str, Any]) -> list[tuple[str, Draw]]:
    """What is drawn of which part, in order."""
    models = parts["languages"]["series"]["models"] if "languages" in parts else ()
    return [
        ("retrieval", _recall),
        ("languages", plot_languages.found),
        *(("languages", partial(plot_languages.refused, model=model)) for model in models),
        ("conversation", plot_conversation.found),
        ("abstention", _abstention),
        ("real size", _real_size),
        ("answers", _answers),
        ("latency", _latency),
    ]


def _recall(axes: Any, part: dict[str, Any]) -> None:
    series = part["series"]
    for name, values in series["recall"].items():
        places = [series["step"] * place for place in range(len(values))]
        width = 2.4 if name == "pipeline" else 1.4
        axes.plot(
            places,
            [100 * value for value in values],
            color=_COLOURS[name],
            lw=width,
            label=series["labels"][name],
        )
    for budget in _BUDGETS:
        axes.axvline(budget, color=_PALE, lw=1)
        value = 100 * part["figures"][f"pipeline_recall_{budget}"]
        axes.annotate(
            f"{value:.1f}%",
            (budget, value),
            (6, -16),
            textcoords="offset points",
            color=_COLOURS["pipeline"],
        )
    axes.set_xlim(0)
    axes.set_ylim(30, 101)
    axes.set_title("Recall by characters of context, %", loc="left")
    axes.set_xlabel("different characters, best chunks first")
    axes.legend(fontsize=9, frameon=False, loc="lower right")


def _abstention(axes: Any, part: dict[str, Any]) -> None:
    series = part["series"]
    refused = [100 * value for value in series["wrongly_refused"]]
    answered = [100 * value for value in series["wrongly_answered"]]
    axes.plot(refused, answered, color=_REACHED, lw=2, label="by threshold")
    here = [100 * value for value in series["in_force"]]
    axes.plot(here[0], here[1], "o", color=_NOT_REACHED, label="the threshold in force")
    axes.annotate(
        f"{here[0]:.1f}% refused, {here[1]:.1f}% answered",
        (here[0], here[1]),
        (8, 6),
        textcoords="offset points",
    )
    axes.axvline(3, color=_PALE, lw=1)
    axes.axhline(20, color=_PALE, lw=1)
    axes.set_xlim(-0.5, 20)
    axes.set_ylim(-1, 101)
    axes.set_title("Abstention: both errors, %", loc="left")
    axes.set_xlabel("wrongly refused (lines: the goals)")
    axes.set_ylabel("wrongly answered, of questions without an answer")
    axes.legend(fontsize=9, frameon=False)


def _real_size(axes: Any, part: dict[str, Any]) -> None:
    rows: list[str] = []
    for model, told in part["series"].items():
        for kind, colour in (("answerable", _REACHED), ("off_topic", _NOT_REACHED)):
            row = -len(rows)
            shifts = [row + 0.6 * ((7 * place) % 11 - 5) / 11 for place in range(len(told[kind]))]
            axes.plot(told[kind], shifts, ".", color=colour, alpha=0.6)
            rows.append(f"{model}\n{kind.replace('_', '-')}")
    axes.axvline(0, color="black", lw=1.5)
    axes.set_yticks([-place for place in range(len(rows))])
    axes.set_yticklabels(rows)
    axes.set_title("Relevance over Python's own documentation", loc="left")
    axes.set_xlabel("how far each question's score is above its threshold")


def _answers(axes: Any, part: dict[str, Any]) -> None:
    series = part["series"]
    halves, width = series["halves"], 0.8 / len(series["f1"])
    for place, (label, values) in enumerate(series["f1"].items()):
        at = [number + place * width for number in range(len(halves))]
        bars = axes.bar(
            at, [100 * v for v in values], width * 0.94, color=_SHADES[place], label=label
        )
        axes.bar_label(bars, fmt="%.1f", fontsize=10)
    axes.axhline(48, color=_NOT_REACHED, lw=1)
    axes.set_xticks([number + 0.8 / 2 - width / 2 for number in range(len(halves))])
    axes.set_xticklabels([f"{half} half" for half in halves])
    axes.set_ylim(0, 75)
    axes.set_title("Local answers: character F1 against the references (red: the goal)", loc="left")
    axes.legend(fontsize=9, frameon=False, loc="upper left")


def _latency(axes: Any, part: dict[str, Any]) -> None:
    series = part["series"]
    labels = [_STAGES.get(stage, stage) for stage in series["labels"]][::-1]
    rows = range(len(labels))
    for shift, share, colour in ((0.2, "p50", _SHADES[0]), (-0.2, "p95", _SHADES[1])):
        values = series[share][::-1]
        bars = axes.barh([row + shift for row in rows], values, 0.38, color=colour, label=share)
        axes.bar_label(bars, fmt="%.1f", padding=3, fontsize=9)
    axes.set_yticks(list(rows))
    axes.set_yticklabels(labels)
    axes.set_title(f"Latency of retrieval with {series['chunks']:,} chunks, ms", loc="left")
    axes.legend(fontsize=9, frameon=False, loc="lower right")


if __name__ == "__main__":
    plot(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]))
