"""What a talk before a question adds to the time until its first token.

`python -m bench.histories`: one service with the packaged embedding model and one with an
embeddings server, both before the stand-in chat model, and no model asked for other words. The
same questions in turn with no history, with 20 turns that went on in this very service, and with
20 turns that it has never seen (their vectors are not known).
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import uvloop

from bench import notes
from bench.call import ask, request
from bench.catalog import KINDS, OURS, Kind
from bench.driver import draw, end_on_signals
from bench.pace import Pace
from bench.process import ROOT
from bench.progress import say
from bench.run import environment_of, free_port, upstream
from bench.subject import Subject, SubjectError, fill, running

GOAL_MS = 5.0
"""Added by 20 turns, at most."""
NONE, GOING_ON, UNSEEN = "no history", "a talk going on", "a talk not seen before"
_EMBEDDINGS = {
    "packaged": "local:all-MiniLM-L6-v2",
    "an embeddings server": "openai:bench-embed",
}
_SAID = "It is a way of breaking a hard task into smaller steps, each done by itself. " * 6
_PACE = Pace(tokens=5)


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is asked: questions of each kind, and turns before each."""

    questions: int = 60
    turns: int = 20


QUICK = Scale(questions=2)

Firsts = dict[str, list[float]]
"""Milliseconds until the first token, of each kind of history."""


def measure(scale: Scale, folder: Path) -> dict[str, Firsts]:
    """The times by embedding model. Raises SubjectError."""
    notes.write(folder / "notes")
    found = {}
    with upstream(folder) as port:
        for name, model in _EMBEDDINGS.items():
            say(name)
            kind = _kind(model)
            env = environment_of(folder, f"{OURS}-{model.partition(':')[0]}", port)
            python = Path(sys.executable)
            fill(kind, python, env, folder)
            with running(kind, python, env, folder, free_port()) as subject:
                found[name] = uvloop.run(_asked(scale, subject))
    return found


def _kind(embeddings: str) -> Kind:
    ours = KINDS[OURS]
    return replace(ours, env={**ours.env, "RAG_EMBEDDINGS": embeddings, "RAG_CONDENSE": "off"})


async def _asked(scale: Scale, subject: Subject) -> Firsts:
    firsts: Firsts = {NONE: [], GOING_ON: [], UNSEEN: []}
    talk: list[dict[str, str]] = []
    for number in range(scale.turns):
        await _first_ms(subject, _question("talk", number), talk)
        talk = [*talk, *_turn(_question("talk", number))]
    for number in range(-1, scale.questions):
        unseen = [
            message
            for turn in range(scale.turns)
            for message in _turn(_question(f"unseen-{number}", turn))
        ]
        for kind, history in ((NONE, []), (GOING_ON, talk), (UNSEEN, unseen)):
            question = _question(kind.replace(" ", "-"), number)
            first = await _first_ms(subject, question, history)
            if number >= 0:  # the first of each finds things cold
                firsts[kind].append(first)
            if kind == GOING_ON:
                talk = [*talk[2:], *_turn(question)]
    return firsts


def _question(name: str, number: int) -> str:
    return f"What is task decomposition? (question {number} of {name}, {_PACE.spell()})"


def _turn(question: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": question}, {"role": "assistant", "content": _SAID}]


async def _first_ms(subject: Subject, question: str, history: list[dict[str, str]]) -> float:
    body = {"input": {"input": question, "chat_history": history}}
    sent = request("POST", subject.kind.path, body)
    before = time.perf_counter()
    call = await ask(subject.address, sent, subject.kind.marker)
    if call.marked_at is None:
        raise SubjectError(f"no first token: {b''.join(call.parts)[-500:]!r}")
    return (call.marked_at - before) * 1000


def added_ms(firsts: Firsts, kind: str) -> float:
    """The median of what a history adds, question by question."""
    return median(
        with_it - alone for with_it, alone in zip(firsts[kind], firsts[NONE], strict=True)
    )


def table(found: dict[str, Firsts]) -> str:
    """The medians as Markdown; what is over the goal is marked."""
    rows = [["embeddings", NONE], ["---", "---"]]
    for kind in (GOING_ON, UNSEEN):
        rows[0] += [kind, "added"]
        rows[1] += ["---", "---"]
    for name, firsts in found.items():
        row = [name, f"{median(firsts[NONE]):.1f} ms"]
        for kind in (GOING_ON, UNSEEN):
            added = added_ms(firsts, kind)
            mark = "" if added <= GOAL_MS else " (over the goal)"
            row += [f"{median(firsts[kind]):.1f} ms", f"{added:.1f} ms{mark}"]
        rows.append(row)
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.histories", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="to see that it works")
    parser.add_argument("--out", type=Path, default=ROOT / "bench" / "out")
    options = parser.parse_args(arguments)
    end_on_signals()
    try:
        with tempfile.TemporaryDirectory(prefix="rag-stream-histories-") as folder:
            found = measure(QUICK if options.quick else Scale(), Path(folder))
    except SubjectError as error:
        say(str(error))
        return 1
    text = table(found)
    print(text)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "histories.md").write_text(text)
    written: Path = options.out / "histories.json"
    results: dict[str, Any] = {"goal_ms": GOAL_MS, "first_ms": found}
    written.write_text(json.dumps(results, indent=1))
    draw("bench.plot_histories", written, options.out / "histories.png", quick=options.quick)
    say(f"written: {options.out / 'histories.md'}, histories.json, histories.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
