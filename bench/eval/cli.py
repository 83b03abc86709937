"""The command line of `python -m bench.eval`."""

import argparse
import json
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from pathlib import Path

import uvloop

from bench.driver import draw, end_on_signals
from bench.eval import abstention, answers, latency, packaged, retrieval, scripted
from bench.eval.bed import Ground
from bench.eval.dataset import Dataset, DatasetError, load
from bench.eval.findings import Findings
from bench.eval.report import report
from bench.process import ROOT
from bench.results import machine
from bench.run import say
from rag_stream.errors import RagError
from rag_stream.index.server import acquire_server

Part = Callable[[Ground, Dataset], Awaitable[Findings]]
PARTS: dict[str, Part] = {
    part.PART: part.measure
    for part in (retrieval, abstention, packaged, scripted, answers, latency)
}
SHARED = ROOT.parent / "shared" / "eval"
SAMPLE = ROOT / "tests" / "data" / "eval"


def parser() -> argparse.ArgumentParser:
    """The options, as `--help` shows them."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.eval",
        description="Measure what the service retrieves and answers, on questions whose answers "
        "are known. Embeddings and answers are local ones; RAG_* settings apply to the service's "
        "pipeline, and not to the reference it is compared with.",
        epilog="Exit status: 0 all was measured and all goals are reached, 1 not, 2 bad options "
        "or a folder that cannot be read.",
    )
    add = parser.add_argument
    add("--data", type=Path, metavar="FOLDER", help=f"default: {SHARED}, else a small sample")
    add("--only", metavar="PARTS", help=f"some of {','.join(PARTS)}; by default all")
    add("--out", type=Path, default=ROOT / "bench" / "out", help="where the results go")
    add("--no-plot", action="store_true", help="no picture")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report; returns the exit status."""
    options = parser().parse_args(arguments)
    names = options.only.split(",") if options.only else list(PARTS)
    if unknown := [name for name in names if name not in PARTS]:
        parser().error(f"--only: expected some of {','.join(PARTS)}, got {','.join(unknown)}")
    try:
        data = load(options.data or (SHARED if SHARED.is_dir() else SAMPLE))
    except DatasetError as error:
        parser().error(str(error))
    end_on_signals()
    try:
        findings = evaluate(data, names)
    except RagError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    _write(findings, data, options)
    return 0 if all(found.is_reached for found in findings) else 1


def evaluate(data: Dataset, names: Sequence[str] = tuple(PARTS)) -> list[Findings]:
    """The named parts, one after the other, in a folder of their own. Raises RagError."""
    with tempfile.TemporaryDirectory(prefix="rag-stream-eval-") as name:
        folder = Path(name)
        # One server for all of it, though those who use it come and go.
        with closing(acquire_server(folder / "chroma")):
            return uvloop.run(_parts(folder, data, names))


async def _parts(folder: Path, data: Dataset, names: Sequence[str]) -> list[Findings]:
    ground = Ground(folder)
    findings = []
    for name in names:
        say(f"{name}: {len(data.questions)} questions")
        started = time.monotonic()
        findings.append(await PARTS[name](ground, data))
        say(f"{name}: {time.monotonic() - started:.0f} s")
    return findings


def _write(findings: list[Findings], data: Dataset, options: argparse.Namespace) -> None:
    text = report(findings, data)
    print(text)
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    (out / "eval.md").write_text(text)
    written = out / "eval.json"
    told = {
        "when": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "machine": machine(),
        "data": str(data.folder),
        "questions": len(data.questions),
        "mismatches": list(data.mismatches),
    }
    written.write_text(json.dumps({**told, "parts": [one.as_json() for one in findings]}, indent=1))
    made = "eval.md, eval.json"
    if not options.no_plot:
        draw("bench.eval.plot", written, out / "eval.png", quick=False)
        made += ", eval.png"
    say(f"written: {out}: {made}")
