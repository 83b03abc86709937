"""What a part of the evaluation found: tables, goals, and series for the picture."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bench.report import table


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure: what it is to be, what it is."""

    part: str
    what: str
    goal: str
    measured: str
    is_reached: bool


@dataclass(frozen=True, slots=True)
class Table:
    """Figures to read; the first column names the line."""

    title: str
    head: Sequence[str]
    lines: Sequence[Sequence[str]]

    def as_markdown(self) -> str:
        return f"### {self.title}\n\n{table(self.head, self.lines)}"


@dataclass(slots=True)
class Findings:
    """What one part found."""

    part: str
    title: str
    goals: list[Goal] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)
    """By name, for programs and for the tests' floors; shares from 0 to 1."""
    series: dict[str, Any] = field(default_factory=dict)
    """For the plot."""
    remarks: list[str] = field(default_factory=list)

    def at_least(self, what: str, figure: str, goal: float) -> None:
        """A share that is to be no less."""
        value = self.figures[figure]
        self._add(what, f">= {percent(goal)}", percent(value), value >= goal)

    def at_most(self, what: str, figure: str, goal: float) -> None:
        """A share that is to be no more."""
        value = self.figures[figure]
        self._add(what, f"<= {percent(goal)}", percent(value), value <= goal)

    def no_more_than(self, what: str, figure: str, goal: float, unit: str) -> None:
        """A quantity that is to be no more."""
        value = self.figures.get(figure)
        shown = "never" if value is None else f"{value:,.4g} {unit}"
        self._add(what, f"<= {goal:,g} {unit}", shown, value is not None and value <= goal)

    def _add(self, what: str, goal: str, measured: str, is_reached: bool) -> None:
        self.goals.append(Goal(self.part, what, goal, measured, is_reached))

    @property
    def is_reached(self) -> bool:
        return all(goal.is_reached for goal in self.goals)

    def as_json(self) -> Mapping[str, Any]:
        """Everything, for programs."""
        return asdict(self) | {"is_reached": self.is_reached}


def percent(share: float) -> str:
    """A share as people read it."""
    return f"{100 * share:.1f}%"
