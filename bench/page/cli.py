"""`python -m bench.page`: the page in a real Chromium while answers stream into it.

The service, with the stand-in model before it that writes an answer of one kind of text after the
other, at 300 tokens a second and at full speed, while someone types and scrolls. Every task of the
main thread is told by its CPU time, which a busy machine does not stretch, and by the wall's. Runs
in the environment of the tests, for Playwright.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench import notes
from bench.catalog import KINDS, OURS
from bench.driver import draw, end_on_signals
from bench.pace import Pace
from bench.page import report, texts
from bench.page.browser import browsing, paints, streamed
from bench.process import ROOT
from bench.progress import say
from bench.run import environment_of, free_port, upstream
from bench.subject import SubjectError, fill, running

RATES = (300, None)


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is asked: tokens of each answer, visits whose paints are taken."""

    tokens: int = 4000
    visits: int = 5


QUICK = Scale(tokens=300, visits=1)


def measure(scale: Scale, kinds: Sequence[str], folder: Path) -> dict[str, Any]:
    """All figures, as JSON has them. Raises SubjectError."""
    notes.write(folder / "notes")
    ours = KINDS[OURS]
    results: dict[str, Any] = {"tokens": scale.tokens, "paints": [], "answers": [], "bytes": {}}
    with upstream(folder, "bench.page.upstream") as upstream_port:
        env = environment_of(folder, OURS, upstream_port)
        python = Path(sys.executable)
        fill(ours, python, env, folder)
        with running(ours, python, env, folder, free_port()) as subject, browsing() as browser:
            address = f"http://127.0.0.1:{subject.address[1]}/"
            results["chromium"] = browser.version
            results["paints"] = [paints(browser, address) for _ in range(scale.visits)]
            for kind in kinds:
                for rate in RATES:
                    say(f"{kind}, {f'{rate} tokens/s' if rate else 'full speed'}")
                    pace = Pace(scale.tokens, rate)
                    question = f"What is retrieval? ({texts.spell(kind)}, {pace.spell()})"
                    found, sent = streamed(
                        browser, address, question, pace.seconds * 3 + 60, acting=True
                    )
                    results["answers"].append({"kind": kind, "rate": rate, **asdict(found)})
                    results["bytes"] |= sent
    return results


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.page", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="to see that it works")
    parser.add_argument("--only", action="append", choices=list(texts.TEXTS), help="kinds of text")
    parser.add_argument("--out", type=Path, default=ROOT / "bench" / "out")
    options = parser.parse_args(arguments)
    end_on_signals()
    try:
        with tempfile.TemporaryDirectory(prefix="rag-stream-page-") as folder:
            results = measure(
                QUICK if options.quick else Scale(), options.only or list(texts.TEXTS), Path(folder)
            )
    except SubjectError as error:
        say(str(error))
        return 1
    text = report.tables(results)
    print(text)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "page.md").write_text(text)
    written: Path = options.out / "page.json"
    written.write_text(json.dumps(results, indent=1))
    draw("bench.page.plot", written, options.out / "page.png", quick=options.quick)
    say(f"written: {options.out / 'page.md'}, page.json, page.png")
    return 0
