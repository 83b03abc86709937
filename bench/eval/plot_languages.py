"""The panels about languages."""

from typing import Any

_MODELS = ("#c8553d", "#0b6e4f", "#2a6f97", "#8a6d9f")
_LANGUAGES = ("#0b6e4f", "#c8553d", "#2a6f97", "#b08900", "#8a6d9f", "#5b6770", "#d081a6")
_PALE, _NOT_REACHED = "#b8bfc6", "#c0392b"
_MARKERS = ("o", "D", "|")
_GOAL_REFUSED, _GOAL_ABSENT = 3, 80
_MOST_REFUSED = 20


def found(axes: Any, part: dict[str, Any]) -> None:
    """A line a pair of languages and model, a sign a budget."""
    series = part["series"]
    models, pairs = series["models"], series["pairs"]
    height = 0.62 / len(models)
    for number, (model, told) in enumerate(models.items()):
        colour = _MODELS[number % len(_MODELS)]
        for row, pair in enumerate(pairs):
            at = -row - (number - (len(models) - 1) / 2) * height
            shares = [100 * share for share in told[pair]["held"]]
            axes.plot([min(shares), max(shares)], [at, at], color=colour, lw=1.2, alpha=0.5)
            for share, marker in zip(shares, _MARKERS, strict=False):
                axes.plot(share, at, marker, color=colour, ms=8 if marker == "|" else 6, mew=1.6)
            axes.annotate(
                f"{shares[0]:.1f}", (103, at), color=colour, fontsize=8, va="center", ha="left"
            )
        axes.plot([], [], "s", color=colour, label=model)
    for budget, marker in zip(series["budgets"], _MARKERS, strict=False):
        axes.plot([], [], marker, color="black", ls="none", mew=1.6, label=f"{budget:,} characters")
    lowest = min(
        share for told in models.values() for one in told.values() for share in one["held"]
    )
    axes.set_xlim(min(60.0, 100 * lowest - 5), 109)
    axes.set_ylim(-len(pairs) + 0.4, 0.6)
    axes.set_yticks([-row for row in range(len(pairs))])
    axes.set_yticklabels(pairs)
    axes.set_xticks([tick for tick in range(0, 101, 10) if tick >= axes.get_xlim()[0]])
    axes.grid(axis="x", color=_PALE, lw=0.4)
    axes.set_title("Languages: the answer is in the context, % of questions", loc="left")
    axes.set_xlabel("questions -> articles; figures: at the greatest budget")
    axes.legend(fontsize=8, frameon=False, loc="center left", bbox_to_anchor=(1.01, 0.5))


def refused(axes: Any, part: dict[str, Any], model: str) -> None:
    """One model's trade-off by pair; English questions over others dashed."""
    told = part["series"]["models"][model]
    languages = list(dict.fromkeys(pair.split(" -> ")[-1] for pair in told))
    for pair, one in told.items():
        colour = _LANGUAGES[languages.index(pair.split(" -> ")[-1]) % len(_LANGUAGES)]
        answerable = [100 * share for share in one["answerable_refused"]]
        absent = [100 * share for share in one["absent_refused"]]
        style = "--" if " -> " in pair else "-"
        axes.plot(answerable, absent, style, color=colour, lw=1.5, label=pair)
        x, y = (100 * share for share in one["in_force"])
        beyond = x > _MOST_REFUSED
        axes.plot(
            min(x, _MOST_REFUSED),
            y,
            ">" if beyond else "o",
            color=colour,
            mfc=colour if style == "-" else "white",
            ms=7,
            clip_on=False,
            zorder=3,
        )
    axes.axvline(_GOAL_REFUSED, color=_PALE, lw=1)
    axes.axhline(_GOAL_ABSENT, color=_PALE, lw=1)
    axes.set_xlim(-0.5, _MOST_REFUSED)
    axes.set_ylim(-1, 101)
    axes.set_title(f"Refused with half of the articles left out: {model}", loc="left")
    axes.set_xlabel("answerable refused, % (dots: as it is, > beyond; lines: the goals)")
    axes.set_ylabel("absent refused, %")
    axes.legend(fontsize=8, frameon=False, loc="center left", bbox_to_anchor=(1.01, 0.5))
