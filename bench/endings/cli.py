"""The command line of `python -m bench.endings`."""

import argparse
import json
import os
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import uvloop

from bench import process
from bench.driver import allow_many_connections, draw, end_on_signals
from bench.endings import cancel, hostile, leaks, overload, resume, shutdown, worst
from bench.endings.goals import Findings, goals_table
from bench.endings.scale import FULL, QUICK, Scale
from bench.endings.station import Ground
from bench.process import ROOT
from bench.progress import say
from bench.results import machine
from bench.subject import SubjectError

Part = Callable[[Ground, int, Scale, int], Awaitable[Findings]]
PARTS: dict[str, Part] = {
    part.PART: part.measure for part in (leaks, cancel, resume, shutdown, overload, hostile, worst)
}


def parser() -> argparse.ArgumentParser:
    """The options, as `--help` shows them."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.endings",
        description="Measure how streams of the service end, against the figures to reach.",
        epilog="Exit status: 0 all goals are reached, 1 not, 2 bad options.",
    )
    add = parser.add_argument
    add("--only", metavar="PARTS", help=f"some of {','.join(PARTS)}; by default all")
    add("--workers", default="1,2", help="how many workers to measure (default: %(default)s)")
    add("--seed", type=int, help="for the random moments (default: another one each time)")
    add("--quick", action="store_true", help="seconds, to see that it works; figures mean nothing")
    add("--out", type=Path, default=ROOT / "bench" / "out", help="where the results go")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report; returns the exit status."""
    options = parser().parse_args(arguments)
    names = options.only.split(",") if options.only else list(PARTS)
    if unknown := [name for name in names if name not in PARTS]:
        parser().error(f"--only: expected some of {','.join(PARTS)}, got {','.join(unknown)}")
    counts = options.workers.split(",")
    if not all(number.isdigit() and 0 < int(number) < 20 for number in counts):
        parser().error(f"--workers: expected numbers from 1 to 19, got {options.workers}")
    seed = options.seed if options.seed is not None else int.from_bytes(os.urandom(3))
    end_on_signals()
    allow_many_connections()
    scale = QUICK if options.quick else FULL
    findings: list[Findings] = []
    try:
        with tempfile.TemporaryDirectory(prefix="rag-stream-endings-") as folder:
            ground = Ground(Path(folder))
            for workers in map(int, counts):
                for name in names:
                    findings.append(_measured(name, ground, workers, scale, seed))
    except SubjectError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    _write(findings, options, seed)
    return 0 if all(found.is_reached for found in findings) else 1


def _measured(name: str, ground: Ground, workers: int, scale: Scale, seed: int) -> Findings:
    before = _clocks()

    async def work() -> Findings:
        return await PARTS[name](ground, workers, scale, seed)

    try:
        found = uvloop.run(work())
    except Exception as error:  # noqa: BLE001 - a part that breaks is a goal not reached
        found = Findings(name, workers)
        found.goal("measured", "yes", f"{type(error).__name__}: {error}"[:200], False)
        found.remarks.append(repr(error))
    wall, busy, driver, others = (now - then for now, then in zip(_clocks(), before, strict=True))
    used = f"the driver used {driver / wall:.0%} of a core, other programs {others / wall:.0%}"
    found.remarks.append(f"took {wall:.0f} s; {used}, all together {busy / wall:.0%}")
    return found


def _clocks() -> tuple[float, float, float, float]:
    """Time, and CPU seconds: of the machine, of this process, of all that is not ours."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    driver, busy = time.process_time(), process.busy_s()
    others = busy - driver - children.ru_utime - children.ru_stime
    return time.monotonic(), busy, driver, others


def _write(findings: list[Findings], options: argparse.Namespace, seed: int) -> None:
    note = " A quick look: these figures say nothing." if options.quick else ""
    remarks = [
        f"- {found.part}, {found.workers}: {remark}"
        for found in findings
        for remark in found.remarks
    ]
    parts = ["# How streams end", f"{machine()}. Seed {seed}.{note}", goals_table(findings)]
    text = "\n\n".join([*parts, "## Remarks", "\n".join(remarks)]) + "\n"
    print(text)
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    (out / "endings.md").write_text(text)
    written = out / "endings.json"
    when = time.strftime("%Y-%m-%dT%H:%M:%S%z")
    told = {"when": when, "machine": machine(), "seed": seed, "quick": options.quick}
    written.write_text(json.dumps({**told, "parts": [one.as_json() for one in findings]}, indent=1))
    draw("bench.endings.plot", written, out / "endings.png", quick=options.quick)
    say(f"written: {out / 'endings.md'}, endings.json, endings.png")
