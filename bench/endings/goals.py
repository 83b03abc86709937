"""The figures to reach, and the table that says which are."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bench.report import table


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure: what it is to be, what it is."""

    part: str
    workers: int
    what: str
    goal: str
    measured: str
    is_reached: bool


@dataclass(slots=True)
class Findings:
    """What one part found with one number of workers."""

    part: str
    workers: int
    goals: list[Goal] = field(default_factory=list)
    series: dict[str, list[Any]] = field(default_factory=dict)
    """Raw figures, for the plot."""
    remarks: list[str] = field(default_factory=list)
    """What somebody who looks for the cause of a failure wants to see."""

    def goal(self, what: str, goal: str, measured: str, is_reached: bool) -> None:
        self.goals.append(Goal(self.part, self.workers, what, goal, measured, is_reached))

    def none_of(self, what: str, found: Sequence[object], of: int) -> None:
        """What must not happen, with examples where it did."""
        self.goal(what, "0", f"{len(found)} of {of:,}", not found)
        self.remarks += [f"{what}: {example}" for example in found[:5]]

    @property
    def is_reached(self) -> bool:
        return bool(self.goals) and all(goal.is_reached for goal in self.goals)

    def as_json(self) -> dict[str, Any]:
        """Everything, for programs."""
        return asdict(self) | {"is_reached": self.is_reached}


def goals_table(findings: Sequence[Findings]) -> str:
    """All goals as Markdown."""
    lines = [
        [goal.part, str(goal.workers), goal.what, goal.goal, goal.measured, _verdict(goal)]
        for found in findings
        for goal in found.goals
    ]
    return table(["part", "workers", "figure", "goal", "measured", "ok?"], lines)


def _verdict(goal: Goal) -> str:
    return "ok" if goal.is_reached else "NOT REACHED"


def nearest_rank(values: Sequence[float], share: float) -> float:
    """A percentile that is one of the values."""
    ordered = sorted(values)
    return ordered[max(0, -int(-len(ordered) * share // 1) - 1)]
