"""What a token costs on each endpoint, as a picture: `python -m bench.plot_endpoints JSON PNG`."""

import json
import sys
from pathlib import Path
from typing import Any

_COLOURS = ("#0b6e4f", "#7fb69f", "#b8bfc6")


def plot(results: dict[str, Any], target: Path) -> None:
    """Bars of each endpoint's cost over `/rag/stream`, with the goal as a line."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    ratios: dict[str, dict[str, float]] = results["ratios"]
    names = list(ratios)[::-1]
    readers = list(ratios[names[0]])
    height = 0.8 / len(readers)
    figure, axes = plt.subplots(figsize=(9, 1.5 + 0.8 * len(names)), layout="constrained")
    for place, number in enumerate(readers):
        values = [ratios[name][number] for name in names]
        at = [row - place * height for row in range(len(names))]
        label = "one reader" if number == "1" else f"{number} readers"
        bars = axes.barh(at, values, height, color=_COLOURS[place % len(_COLOURS)], label=label)
        axes.bar_label(bars, [f"{value:.2f}" for value in values], padding=4, fontsize=9)
    axes.axvline(results["goal"], color="#b3261e", lw=1, ls="--", label="goal, at most")
    axes.set_yticks([row - height * (len(readers) - 1) / 2 for row in range(len(names))], names)
    axes.set_title("CPU of the service for a token, over /rag/stream", loc="left", fontsize=11)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.legend(fontsize=9, loc="outside lower right", ncols=len(readers) + 1)
    figure.savefig(target, dpi=120)


if __name__ == "__main__":
    plot(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]))
