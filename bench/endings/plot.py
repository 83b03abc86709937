"""The findings as one picture: `python -m bench.endings.plot endings.json endings.png`."""

import json
import sys
from pathlib import Path
from textwrap import wrap
from typing import Any

ENDPOINTS = ("invoke", "batch", "stream", "stream_log", "stream_events")
_COLOURS = ("#0b6e4f", "#c8553d", "#2a6f97", "#8a6d9f", "#b08900")
_LINES = ("-", "--", ":")
_REACHED, _NOT_REACHED = "#0b6e4f", "#c0392b"


def plot(results: dict[str, Any], target: Path) -> None:
    """A panel for each part that has something to show."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, grid = plt.subplots(3, 2, figsize=(15, 15), layout="constrained")
    panels = {
        "leaks": _leaks,
        "cancel": _cancel,
        "resume": _resume,
        "overload": _overload,
        "hostile": _hostile,
        "worst": _worst,
    }
    for axes, (name, draw) in zip(grid.flat, panels.items(), strict=True):
        parts = [part for part in results["parts"] if part["part"] == name and part["series"]]
        if not parts:
            axes.axis("off")
            continue
        for place, part in enumerate(parts):
            draw(axes, part, _LINES[place % len(_LINES)])
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        if axes.get_legend_handles_labels()[0]:
            axes.legend(fontsize=8, frameon=False)
    missed = [
        f"{goal['part']}, {goal['workers']}: {goal['what']}"
        for part in results["parts"]
        for goal in part["goals"]
        if not goal["is_reached"]
    ]
    figure.suptitle("How streams of rag-stream end", fontsize=15)
    below = f"Not reached: {'; '.join(missed)}" if missed else "All goals are reached."
    below = "\n".join(wrap(f"{results['machine']}. {below}", 200)[:4])
    figure.supxlabel(below, fontsize=9, color=_NOT_REACHED if missed else _REACHED)
    figure.savefig(target, dpi=110)


def _leaks(axes: Any, part: dict[str, Any], line: str) -> None:
    """Each level against the one before the first fault."""
    levels, workers = part["series"]["levels"], part["workers"]
    for place, (key, label) in enumerate(
        (("tasks", "tasks"), ("files", "files"), ("resident_mb", "memory, MB"))
    ):
        sums = [sum(one[key] for one in level) for level in levels]
        grown = [value - sums[0] for value in sums]
        axes.plot(grown, line, color=_COLOURS[place], marker="o", label=f"{label}, {workers} w.")
    axes.set_title("Held after each round of faults, more than before", loc="left")
    axes.set_xlabel("round")
    axes.set_xticks(range(len(levels)))


def _cancel(axes: Any, part: dict[str, Any], line: str) -> None:
    for colour, endpoint in zip(_COLOURS, ENDPOINTS, strict=True):
        values = sorted(part["series"].get(endpoint, []))
        shares = [(place + 1) / len(values) for place in range(len(values))]
        axes.plot(values, shares, line, color=colour, label=f"{endpoint}, {part['workers']} w.")
    axes.axvline(100, color=_NOT_REACHED, lw=1)
    axes.axhline(0.99, color="#b8bfc6", lw=1)
    axes.set_xscale("log")
    axes.set_title("From the client's leaving to the model's connection closed", loc="left")
    axes.set_xlabel("ms (red: the goal for 99%)")


def _resume(axes: Any, part: dict[str, Any], line: str) -> None:
    cuts, whole = part["series"]["cuts"], part["series"]["is_whole"]
    label = f"{part['workers']} w.: {sum(whole)} of {len(whole)} streams whole, {len(cuts)} cuts"
    axes.hist(cuts, bins=25, histtype="step", linestyle=line, color=_REACHED, label=label)
    axes.set_title("Resumed streams: where they were cut", loc="left")
    axes.set_xlabel("tokens received before the cut")


def _overload(axes: Any, part: dict[str, Any], line: str) -> None:
    for colour, when in zip(_COLOURS, ("just started", "at rest"), strict=False):
        refused = part["series"][f"{when}, refused_s"]
        complete = part["series"][f"{when}, stretch"]
        label = f"{when}, {part['workers']} w.: {len(refused)} refused, {len(complete)} complete"
        axes.hist(refused, bins=30, histtype="step", linestyle=line, color=colour, label=label)
    axes.axvline(1, color=_NOT_REACHED, lw=1)
    axes.set_title("A burst beyond the limit: from the request to its 503", loc="left")
    axes.set_xlabel("s (red: the goal)")


def _hostile(axes: Any, part: dict[str, Any], line: str) -> None:
    for colour, (key, label) in zip(
        _COLOURS, (("alone_ms", "alone"), ("beside_ms", "beside them")), strict=False
    ):
        values = sorted(part["series"][key])
        shares = [(place + 1) / len(values) for place in range(len(values))]
        axes.plot(values, shares, line, color=colour, label=f"{label}, {part['workers']} w.")
    axes.set_xscale("log")
    axes.set_title("The first token, alone and beside 1,000 hostile connections", loc="left")
    axes.set_xlabel("ms from the question")


def _worst(axes: Any, part: dict[str, Any], line: str) -> None:
    """Each input's share of what it may take."""
    names = list(part["series"])
    for place, (most, label) in enumerate(((60, "memory"), (0.1, "time of the loop"))):
        shares = [max(part["series"][name][place] / most, 0.001) for name in names]
        heights = [number + 0.4 * place for number in range(len(names))]
        axes.barh(heights, shares, 0.4, color=_COLOURS[2 * place], label=label)
    axes.axvline(1, color=_NOT_REACHED, lw=1)
    axes.set_xscale("log")
    axes.set_yticks([number + 0.2 for number in range(len(names))], names, fontsize=7)
    axes.invert_yaxis()
    axes.set_title("The worst inputs", loc="left")
    axes.set_xlabel("of what they may take, 60 MB and 0.1 s of a worker (red)")


if __name__ == "__main__":
    plot(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]))
