"""The panel about conversations."""

from typing import Any

HELD_OUT = "held out"
"""Of the halves; the figures are read where only what draws them is installed."""
_ALONE, _WITHIN, _PALE = "#b8bfc6", "#0b6e4f", "#dfe3e6"
_GOALS = (93, 97)


def found(axes: Any, part: dict[str, Any]) -> None:
    """Two bars a model, kind of question and number of places: alone, and with history."""
    labels: list[str] = []
    for model, kinds in part["series"].items():
        for kind, halves in kinds.items():
            alone, within = halves[HELD_OUT]
            for place, n in enumerate((5, 10)):
                row = -len(labels)
                for shift, value, colour in (
                    (0.2, alone[place], _ALONE),
                    (-0.2, within[place], _WITHIN),
                ):
                    bars = axes.barh(row + shift, 100 * value, 0.38, color=colour)
                    axes.bar_label(bars, fmt="%.1f", padding=3, fontsize=8)
                labels.append(f"{model[:12]}: {kind}, first {n}")
    for goal in _GOALS:
        axes.axvline(goal, color=_PALE, lw=1)
    axes.set_yticks([-row for row in range(len(labels))])
    axes.set_yticklabels(labels, fontsize=8)
    axes.set_xlim(50, 106)
    axes.set_title(f"Conversations, {HELD_OUT}: relevant passages found, %", loc="left")
    axes.set_xlabel("grey: the question alone; green: with what was said before it")
