"""The command line of `python -m bench`."""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench.catalog import KINDS, OURS, RELAY
from bench.driver import allow_many_connections, draw, end_on_signals
from bench.environments import EnvironmentNotMadeError, python_of
from bench.process import ROOT
from bench.progress import say
from bench.report import report
from bench.results import Results
from bench.rows import rows
from bench.run import Plan, measure
from bench.scale import FULL, QUICK
from bench.subject import SubjectError

SCENARIOS = "abcdef"


def parser() -> argparse.ArgumentParser:
    """The options, as `--help` shows them."""
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Compare the service with its peers and with a bare relay, on this machine.",
        epilog="Scenarios: a saturated, b paced, c stream_log and stream_events, d cold start, "
        "e memory, f retrieval among many chunks (of the service only). "
        "Exit status: 0 all was measured, 1 something could not be.",
    )
    add = parser.add_argument
    add("--only", metavar="NAMES", help=f"some of {','.join(KINDS)}; by default all")
    add("--scenarios", default="a,b,c,d,e,f", help="some of them (default: %(default)s)")
    add("--rounds", type=int, help="how often each server has its turn (default: 3)")
    add("--quick", action="store_true", help="seconds, to see that it works; figures mean nothing")
    add("--peers-from", type=Path, metavar="FOLDER", help="environments to use: FOLDER/NAME/bin")
    add("--out", type=Path, default=ROOT / "bench" / "out", help="where the results go")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report; returns the exit status."""
    options = parser().parse_args(arguments)
    names = options.only.split(",") if options.only else list(KINDS)
    if options.quick and not options.only:
        names = [OURS, RELAY]
    scenarios = options.scenarios.replace(",", "")
    rounds = (1 if options.quick else 3) if options.rounds is None else options.rounds
    if unknown := [name for name in names if name not in KINDS]:
        parser().error(f"--only: expected some of {','.join(KINDS)}, got {','.join(unknown)}")
    if not scenarios or set(scenarios) - set(SCENARIOS):
        parser().error(f"--scenarios: expected some of a,b,c,d,e,f, got {options.scenarios}")
    if rounds < 1:
        parser().error(f"--rounds: expected at least 1, got {rounds}")
    end_on_signals()
    allow_many_connections()
    scale = QUICK if options.quick else FULL
    try:
        pythons = {name: _python(name, options.quick, options.peers_from) for name in names}
        with tempfile.TemporaryDirectory(prefix="rag-stream-bench-") as folder:
            results = measure(Plan(names, scenarios, rounds, scale, pythons), Path(folder))
    except (SubjectError, EnvironmentNotMadeError) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    note = f"One worker each; {rounds} rounds, in turn."
    wanted = rows(scale, scenarios)
    if options.quick:
        note = "A quick look to see that it works: these figures say nothing."
        wanted = [replace(row, goal=None, most=None) for row in wanted]
    text = report(results, wanted, note)
    print(text)
    _write(results, text, options, {"rounds": rounds, "scenarios": scenarios})
    return 1 if results.problems else 0


def _python(name: str, quick: bool, existing: Path | None) -> Path:
    # Ours runs in the environment that this runs in; so can the relay, for a quick look.
    if name == OURS or (quick and name == RELAY):
        return Path(sys.executable)
    return python_of(name, existing)


def _write(
    results: Results, text: str, options: argparse.Namespace, asked: dict[str, object]
) -> None:
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    (out / "bench.md").write_text(text)
    written = out / "bench.json"
    written.write_text(json.dumps(results.as_json({**asked, "quick": options.quick}), indent=1))
    picture = out / "bench.png"
    draw("bench.plot", written, picture, quick=options.quick, peers_from=options.peers_from)
    say(f"written: {out / 'bench.md'}, bench.json, bench.png")
