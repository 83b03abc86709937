"""The results as one picture: `python -m bench.plot bench.json bench.png` (needs matplotlib)."""

import json
import math
import sys
from pathlib import Path
from statistics import median
from typing import Any

_MORE, _LESS = "more is better", "less is better"
_PANELS = (
    ("saturated_30_tokens_s", "Tokens a second, 30 readers", _MORE, 0),
    ("saturated_1_tokens_s", "Tokens a second, one reader", _MORE, 0),
    ("paced_streams", "Streams of 50 tokens/s a worker holds", _MORE, 0),
    ("saturated_1_first_ms", "First token, one reader, ms", _LESS, 1),
    ("log_1000_s", "stream_log, 1,000 tokens, s", _LESS, 2),
    ("events_1000_s", "stream_events, 1,000 tokens, s", _LESS, 2),
    ("cold_start_s", "Start to ready, s", _LESS, 1),
    ("memory_rest_mb", "Memory at rest, MB", _LESS, 0),
)
_COLUMNS = 4
_COLOURS = {"ours": "#0b6e4f", "relay": "#e4e7ea"}
_PEER = "#b8bfc6"
_BASE = "plain"


def plot(results: dict[str, Any], target: Path) -> None:
    """Bars for the figures that matter most, ours in colour, each with its ratio to plain."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    panels = [panel for panel in _PANELS if results["figures"].get(panel[0])]
    rows = max(1, math.ceil(len(panels) / _COLUMNS))
    figure, grid = plt.subplots(
        rows, _COLUMNS, figsize=(19, 1 + 3.4 * rows), layout="constrained", squeeze=False
    )
    for axes in grid.flat[len(panels) :]:
        axes.axis("off")
    for axes, panel in zip(grid.flat, panels, strict=False):
        _draw(axes, results, panel)
    figure.suptitle("rag-stream beside its peers: the same job, one worker each", fontsize=15)
    below = f"{results['machine']}. Bars: medians; x: times plain LangServe; lines: all rounds."
    if results["warnings"]:
        below += f" {len(results['warnings'])} warnings: see bench.md."
    figure.supxlabel(below, fontsize=9)
    figure.savefig(target, dpi=120)


def _draw(axes: Any, results: dict[str, Any], panel: tuple[str, str, str, int]) -> None:
    key, title, sense, digits = panel
    by_name = results["figures"][key]
    names = [name for name in results["servers"] if by_name.get(name)][::-1]
    values = [median(by_name[name]) for name in names]
    base = median(by_name[_BASE]) if by_name.get(_BASE) else 0.0
    bars = axes.barh(
        [results["servers"][name] for name in names],
        values,
        color=[_COLOURS.get(name, _PEER) for name in names],
    )
    texts = [f"{value:,.{digits}f}" for value in values]
    if base:
        texts = [
            text if name == _BASE else f"{text}  (x {value / base:.2g})"
            for name, text, value in zip(names, texts, values, strict=True)
        ]
    for name, bar, text in zip(names, bars, texts, strict=True):
        middle = bar.get_y() + bar.get_height() / 2
        most = max(by_name[name])
        axes.plot([min(by_name[name]), most], [middle, middle], color="#30363c", lw=1)
        axes.annotate(
            text, (most, middle), (5, 0), textcoords="offset points", va="center", fontsize=10
        )
    axes.set_title(f"{title}\n{sense}", fontsize=11, loc="left")
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    axes.set_xticks([])
    axes.set_xlim(0, 1.5 * max([1e-9, *(max(by_name[name]) for name in names)]))
    axes.tick_params(axis="y", length=0)


if __name__ == "__main__":
    plot(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]))
