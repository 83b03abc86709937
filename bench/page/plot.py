"""The longest tasks of the page, by text: `python -m bench.page.plot JSON PNG`."""

import json
import sys
from pathlib import Path
from typing import Any

from bench.page.report import TASK_MS, longest

_COLOURS = {300: "#0b6e4f", None: "#b8bfc6"}


def plot(results: dict[str, Any], target: Path) -> None:
    """A bar for each text and pace, by CPU time; a thin one goes on to the wall's."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    kinds = list(dict.fromkeys(answer["kind"] for answer in results["answers"]))
    figure, axes = plt.subplots(figsize=(7.5, 0.6 * len(kinds) + 1.6), layout="constrained")
    for place, (rate, colour) in enumerate(_COLOURS.items()):
        mine = [answer for answer in results["answers"] if answer["rate"] == rate]
        heights = [kinds.index(answer["kind"]) + 0.38 * (place - 0.5) for answer in mine]
        label = f"{rate} tokens/s" if rate else "full speed"
        walls = [longest(answer, "wall_ms") for answer in mine]
        axes.barh(heights, walls, height=0.06, color=colour)
        cpus = [longest(answer, "cpu_ms") for answer in mine]
        axes.barh(heights, cpus, height=0.34, color=colour, label=label)
    axes.axvline(TASK_MS, color="#333333", lw=1, ls=":")
    axes.set_yticks(range(len(kinds)), kinds)
    axes.invert_yaxis()
    axes.set_xlabel("longest task of the main thread: CPU (thick), wall (thin), ms")
    axes.set_title(f"{results['tokens']:,} tokens streaming in", loc="left", fontsize=11)
    axes.legend(frameon=False, fontsize=9)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.savefig(target, dpi=120)


if __name__ == "__main__":
    plot(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]))
