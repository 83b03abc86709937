"""What all rounds have measured, and what of it a reader wants to see."""

import os
import platform
import time
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from bench.catalog import KINDS
from bench.meter import Shares
from bench.scenarios import Outcome

MOST_SHARE = 0.8
MOST_OTHERS = 0.1


@dataclass(slots=True)
class Results:
    """Figures and CPU shares by server, one value a round."""

    names: list[str]
    figures: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    shares: dict[str, dict[str, list[Shares]]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def add(self, name: str, outcome: Outcome) -> None:
        """Take in one round of one server."""
        for key, value in outcome.figures.items():
            self.figures.setdefault(key, {}).setdefault(name, []).append(value)
        for scenario, shares in outcome.shares.items():
            self.shares.setdefault(scenario, {}).setdefault(name, []).append(shares)
        self.problems += [line for line in outcome.problems if line not in self.problems]

    def medians(self, key: str) -> dict[str, float]:
        """A figure's median by server."""
        return {name: median(values) for name, values in self.figures.get(key, {}).items()}

    def share(self, scenario: str, name: str) -> Shares:
        """Who used the CPU: medians of the rounds."""
        rounds = [asdict(shares) for shares in self.shares[scenario][name]]
        return Shares(**{key: median(one[key] for one in rounds) for key in rounds[0]})

    def warnings(self) -> list[str]:
        """Why a figure may not be the server's own."""
        found = list(self.problems)
        for scenario, by_name in self.shares.items():
            for name in by_name:
                share = self.share(scenario, name)
                for who, used, most in (
                    ("the stand-in model", share.upstream, MOST_SHARE),
                    ("the driver", share.driver, MOST_SHARE),
                    ("other programs", share.others, MOST_OTHERS),
                ):
                    if used > most:
                        label = KINDS[name].label
                        found.append(f"{scenario}, {label}: {who} used {used:.0%} of a core")
        return found

    def as_json(self, options: dict[str, Any]) -> dict[str, Any]:
        """Everything, for programs."""
        return {
            "when": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            "machine": machine(),
            "options": options,
            "servers": {name: KINDS[name].label for name in self.names},
            "figures": self.figures,
            "shares": {
                scenario: {name: asdict(self.share(scenario, name)) for name in by_name}
                for scenario, by_name in self.shares.items()
            },
            "warnings": self.warnings(),
        }


def machine() -> str:
    """What it ran on, in one line."""
    model = platform.processor() or platform.machine()
    with open("/proc/cpuinfo") as lines:  # noqa: PTH123 - a file of the kernel
        for line in lines:
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    return f"{os.cpu_count()} cores of {model}, Python {platform.python_version()}"
