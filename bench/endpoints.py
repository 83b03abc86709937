"""What a token costs on each of the service's streaming endpoints, over `/rag/stream`.

`python -m bench.endpoints`: one service, the endpoints in turn, round after round, so that all
meet the same weather. An endpoint that the service does not have is left out.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any

import uvloop

from bench import notes, wires
from bench.call import ask, request
from bench.catalog import KINDS, OURS, Kind
from bench.driver import allow_many_connections, draw, end_on_signals
from bench.load import at_once
from bench.meter import Meter
from bench.pace import Pace
from bench.process import ROOT
from bench.progress import say
from bench.run import environment_of, free_port, upstream
from bench.subject import Subject, SubjectError, fill, running

GOAL = 1.1
"""Times the cost of `/rag/stream`, at most."""
_BASE = "/rag/stream"


@dataclass(frozen=True, slots=True)
class Scale:
    """How long is measured: seconds and rounds of each endpoint, tokens of each answer."""

    window_s: float = 3.0
    rounds: int = 5
    tokens: int = 1000
    readers: tuple[int, ...] = (1, 30)


FULL = Scale()
QUICK = Scale(window_s=0.2, rounds=1, tokens=20, readers=(1, 2))


@dataclass(slots=True)
class Costs:
    """What was measured of one endpoint, a value a round, by the number of readers."""

    cpu_us: dict[int, list[float]] = field(default_factory=dict)
    """Of the service with its index server, for each token."""
    tokens_s: dict[int, list[float]] = field(default_factory=dict)


def _messages(question: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": question}]


def _ui(question: str) -> dict[str, Any]:
    parts = [{"type": "text", "text": question}]
    return {"id": "bench", "messages": [{"id": "1", "role": "user", "parts": parts}]}


def endpoints() -> list[Kind]:
    """All that the service may have, the one that the others are held against first."""
    ours = KINDS[OURS]

    def over(
        path: str, body: Callable[[str], Any], wire: Callable[[], wires.Wire], marker: bytes
    ) -> Kind:
        return replace(ours, label=path, path=path, body=body, wire=wire, marker=marker)

    return [
        replace(ours, label=_BASE),
        over(
            "/chat/stream",
            lambda question: {"input": {"messages": _messages(question)}},
            wires.LangServe,
            ours.marker,
        ),
        over(
            "/v1/chat/completions",
            lambda question: {
                "model": "rag-stream",
                "messages": _messages(question),
                "stream": True,
            },
            wires.OpenAI,
            b'"content":"t',
        ),
        over("/api/chat", _ui, wires.UIMessages, b'"delta":"t'),
    ]


def measure(scale: Scale, folder: Path) -> dict[str, Costs]:
    """The costs of the endpoints that are there. Raises SubjectError."""
    notes.write(folder / "notes")
    ours = KINDS[OURS]
    with upstream(folder) as upstream_port:
        env = environment_of(folder, OURS, upstream_port)
        python = Path(sys.executable)
        fill(ours, python, env, folder)
        with running(ours, python, env, folder, free_port()) as subject:
            return uvloop.run(_rounds(scale, subject, upstream_port))


async def _rounds(scale: Scale, subject: Subject, upstream_port: int) -> dict[str, Costs]:
    there = [kind for kind in endpoints() if await _is_there(subject, kind)]
    costs = {kind.path: Costs() for kind in there}
    for number in range(1, scale.rounds + 1):
        say(f"round {number} of {scale.rounds}")
        # Each time another one is the first.
        for kind in there[number % len(there) :] + there[: number % len(there)]:
            for readers in scale.readers:
                await _one(scale, subject, kind, readers, upstream_port, costs[kind.path])
    return costs


async def _is_there(subject: Subject, kind: Kind) -> bool:
    """Whether the service has it; all code that it needs is imported then."""
    sent = request("POST", kind.path, kind.body(f"Is it there? ({Pace(5).spell()})"))
    call = await ask(subject.address, sent)
    return b" 404 " not in b"".join(call.parts)[:20]


async def _one(
    scale: Scale, subject: Subject, kind: Kind, readers: int, upstream_port: int, costs: Costs
) -> None:
    subject.kind = kind
    pace = Pace(scale.tokens)
    await subject.settle()
    meter, started = Meter(subject, upstream_port), time.perf_counter()
    calls = await at_once(subject, pace, readers, started + scale.window_s)
    cpu_s, seconds = meter.server_s, time.perf_counter() - started
    for call in calls:
        if problem := subject.read(call, pace).problem:
            raise SubjectError(f"{kind.path}: {problem}")
    tokens = len(calls) * scale.tokens
    costs.cpu_us.setdefault(readers, []).append(cpu_s / tokens * 1e6)
    costs.tokens_s.setdefault(readers, []).append(tokens / seconds)


def table(costs: dict[str, Costs], scale: Scale) -> str:
    """The medians as Markdown; a ratio over the goal is marked."""
    titles, lines = ["endpoint"], []
    for readers in scale.readers:
        who = "one reader" if readers == 1 else f"{readers} readers"
        titles += [f"{who}: us of CPU a token", "tokens/s", "cost over /rag/stream"]
    for path, cost in costs.items():
        cells = [f"`{path}`"]
        for readers in scale.readers:
            ratio = ratio_of(costs, path, readers)
            mark = "" if ratio <= GOAL else " (over the goal)"
            cells += [f"{median(cost.cpu_us[readers]):.1f}"]
            cells += [f"{median(cost.tokens_s[readers]):,.0f}", f"{ratio:.2f}{mark}"]
        lines.append(cells)
    rows = [titles, ["---"] * len(titles), *lines]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def ratio_of(costs: dict[str, Costs], path: str, readers: int) -> float:
    """An endpoint's cost over the base's: the median of the rounds' ratios."""
    pairs = zip(costs[path].cpu_us[readers], costs[_BASE].cpu_us[readers], strict=True)
    return median(mine / max(base, 1e-9) for mine, base in pairs)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.endpoints", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="to see that it works")
    parser.add_argument("--rounds", type=int, default=None, help="(default: 5)")
    parser.add_argument("--out", type=Path, default=ROOT / "bench" / "out")
    options = parser.parse_args(arguments)
    if options.rounds is not None and options.rounds < 1:
        parser.error(f"--rounds: expected at least 1, got {options.rounds}")
    scale = QUICK if options.quick else FULL
    scale = replace(scale, rounds=options.rounds or scale.rounds)
    end_on_signals()
    allow_many_connections()
    try:
        with tempfile.TemporaryDirectory(prefix="rag-stream-endpoints-") as folder:
            costs = measure(scale, Path(folder))
    except SubjectError as error:
        say(str(error))
        return 1
    text = table(costs, scale)
    print(text)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "endpoints.md").write_text(text)
    written: Path = options.out / "endpoints.json"
    ratios = {
        path: {str(readers): ratio_of(costs, path, readers) for readers in scale.readers}
        for path in costs
    }
    measured = {path: {"cpu_us": c.cpu_us, "tokens_s": c.tokens_s} for path, c in costs.items()}
    written.write_text(json.dumps({"goal": GOAL, "ratios": ratios, "costs": measured}, indent=1))
    picture: Path = options.out / "endpoints.png"
    draw("bench.plot_endpoints", written, picture, quick=options.quick)
    say(f"written: {options.out / 'endpoints.md'}, endpoints.json, endpoints.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
