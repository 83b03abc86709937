"""The rounds: every server once, then every server again, so that all meet the same weather."""

import socket
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvloop

from bench import notes
from bench.catalog import KINDS, OURS
from bench.process import Process
from bench.progress import say
from bench.results import Results
from bench.scale import Scale
from bench.scenarios import Outcome, Station
from bench.subject import Subject, SubjectError, fill, running
from rag_stream.errors import RagError

_FINE_STEP = 1.25
"""How far the search for a server's paced streams steps once a round has found about where."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be measured, and with which interpreters."""

    names: Sequence[str]
    scenarios: str
    rounds: int
    scale: Scale
    pythons: Mapping[str, Path]


def measure(plan: Plan, folder: Path) -> Results:
    """Fill and measure all servers of the plan; what cannot be measured becomes a problem."""
    results = Results(list(plan.names))
    notes.write(folder / "notes")
    with upstream(folder) as upstream_port:
        envs = {name: environment_of(folder, name, upstream_port) for name in plan.names}
        say("filling the indexes")
        ready = [name for name in plan.names if _filled(plan, folder, envs[name], name, results)]
        for number in range(1, plan.rounds + 1):
            for name in ready:
                say(f"round {number} of {plan.rounds}: {KINDS[name].label}")
                try:
                    outcome = _one(plan, folder, envs[name], name, upstream_port, results)
                except SubjectError as error:
                    outcome = Outcome(problems=[str(error)])
                results.add(name, outcome)
                if "f" in plan.scenarios and name == OURS:
                    results.add(name, _searches(plan, folder))
    return results


def _one(
    plan: Plan,
    folder: Path,
    env: dict[str, str],
    name: str,
    upstream_port: int,
    results: Results,
) -> Outcome:
    with running(KINDS[name], plan.pythons[name], env, folder, free_port()) as subject:
        station = Station(subject, upstream_port, plan.scale)
        if "d" in plan.scenarios:
            station.outcome.figures |= {
                "cold_start_s": subject.cold_start_s,
                "cold_start_cpu_s": subject.cpu_s(),
            }
        before = results.figures.get("paced_streams", {}).get(name)
        uvloop.run(_scenarios(plan, station, subject, before))
        return station.outcome


def _searches(plan: Plan, folder: Path) -> Outcome:
    from bench.searches import searches  # the service's own modules: seconds of imports

    say(f"retrieval among {plan.scale.chunks:,} chunks")
    try:
        return Outcome(dict(searches(folder / "searches", plan.scale)))
    except RagError as error:
        return Outcome(problems=[f"retrieval: {error}"])


async def _scenarios(
    plan: Plan, station: Station, subject: Subject, streams_before: list[float] | None
) -> None:
    if "e" in plan.scenarios:
        await station.memory()
    await station.check()
    if "a" in plan.scenarios:
        for readers in plan.scale.at_once:
            await station.saturated(readers)
    if "c" in plan.scenarios and subject.kind.logs:
        await station.logs()
    if "b" in plan.scenarios:
        # Last: a server beyond its limit may need a while to come back.
        await station.unloaded()
        guess = plan.scale.first_guess or subject.kind.first_guess
        if streams_before and streams_before[-1]:
            await station.capacity(int(streams_before[-1]), _FINE_STEP, say)
        else:
            await station.capacity(guess, 2.0, say)


def _filled(plan: Plan, folder: Path, env: dict[str, str], name: str, results: Results) -> bool:
    try:
        fill(KINDS[name], plan.pythons[name], env, folder)
    except SubjectError as error:
        results.problems.append(str(error))
        return False
    return True


def environment_of(folder: Path, name: str, upstream_port: int) -> dict[str, str]:
    """What a server of that name is told: the stand-in model, the notes, its own store."""
    return {
        "OPENAI_API_KEY": "sk-bench",
        "OPENAI_BASE_URL": f"http://127.0.0.1:{upstream_port}/v1",
        "BENCH_NOTES": str(folder / "notes"),
        "BENCH_STORE": str(folder / f"{name}-store"),
    }


@contextmanager
def upstream(folder: Path, module: str = "bench.upstream") -> Iterator[int]:
    """The stand-in model in a process of its own; its port."""
    command = (sys.executable, "-m", module)
    with Process(command, env={}, folder=folder, name="upstream") as own:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and own.popen.poll() is None:
            if own.tail().endswith("\n"):
                yield int(own.tail())
                return
            time.sleep(0.02)
        raise SubjectError(f"the stand-in model does not start:\n{own.tail()}")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
