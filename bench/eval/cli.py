"""The command line of `python -m bench.eval`."""

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

from bench.driver import draw, end_on_signals
from bench.eval.dataset import Dataset, load
from bench.eval.fields import DatasetError
from bench.eval.findings import Findings
from bench.eval.report import report
from bench.eval.run import PARTS, VECTORS, evaluate
from bench.process import ROOT
from bench.progress import say
from bench.results import machine
from rag_stream.errors import RagError

SHARED = ROOT.parent / "shared" / "eval"
SAMPLE = ROOT / "tests" / "data" / "eval"


def parser() -> argparse.ArgumentParser:
    """The options, as `--help` shows them."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.eval",
        description="Measure what the service retrieves and answers, on questions whose answers "
        "are known. Embeddings and answers are local ones; RAG_* settings apply to the service's "
        "pipeline, and not to the reference it is compared with. Vectors stay in the folder of "
        "the results for the next run.",
        epilog="Exit status: 0 all was measured and all goals are reached, 1 not, 2 bad options "
        "or a folder that cannot be read.",
    )
    add = parser.add_argument
    add("--data", type=Path, metavar="FOLDER", help=f"default: {SHARED}, else a small sample")
    add("--only", metavar="PARTS", help=f"some of {','.join(PARTS)}; by default all")
    add("--full", action="store_true", help="all questions in all languages; takes far longer")
    add("--anew", action="store_true", help="make all vectors anew, whatever is kept")
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
    kept = options.out / VECTORS
    started = time.monotonic()
    try:
        findings = evaluate(data, names, vectors=kept, is_anew=options.anew, is_full=options.full)
    except (RagError, OSError) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    _write(findings, data, options, time.monotonic() - started)
    return 0 if all(found.is_reached for found in findings) else 1


def _write(
    findings: list[Findings], data: Dataset, options: argparse.Namespace, took_s: float
) -> None:
    text = report(findings, data)
    print(text)
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    (out / "eval.md").write_text(text)
    written = out / "eval.json"
    told = {
        "when": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "took_s": round(took_s),
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
    say(f"written after {took_s:.0f} s: {out}: {made}")
