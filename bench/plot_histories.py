"""Times to the first token behind a talk: `python -m bench.plot_histories JSON PNG`."""

import json
import sys
from pathlib import Path
from typing import Any

_COLOURS = ("#b8bfc6", "#0b6e4f", "#7fb69f")


def plot(results: dict[str, Any], target: Path) -> None:
    """The distribution of each kind of history as a step curve, a panel for each embedding."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    found: dict[str, dict[str, list[float]]] = results["first_ms"]
    figure, panels = plt.subplots(
        1, len(found), figsize=(5 * len(found), 3.6), layout="constrained", squeeze=False
    )
    for axes, (name, firsts) in zip(panels[0], found.items(), strict=True):
        for colour, (kind, times) in zip(_COLOURS, firsts.items(), strict=True):
            shares = [100 * (place + 1) / len(times) for place in range(len(times))]
            axes.step(sorted(times), shares, where="post", color=colour, label=kind, lw=2)
        axes.set_title(f"Embeddings: {name}", loc="left", fontsize=11)
        axes.set_xlabel("until the first token (ms)")
        axes.set_ylabel("questions (%)")
        axes.set_xlim(left=0)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    handles, labels = panels[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, fontsize=9, loc="outside lower center", ncols=3)
    figure.savefig(target, dpi=120)


if __name__ == "__main__":
    plot(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]))
