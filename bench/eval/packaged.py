"""Abstention over an index of real size: the documentation that ships with Python itself.

The docstrings of its standard library, some thousand chunks; questions in our words that they
answer, and everyday ones that they do not, none of which ingest asks. Also with vectors of
another range, for a model whose threshold nobody has measured; and beside it what the best fixed
threshold would do, on the cosine and on the measure with shared words. The settings were chosen
on the first, third, fifth question and so on; the goals are held against the others.
"""

import ast
import json
import sysconfig
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langchain_core.documents import Document

from bench.eval.bed import Ground, considered
from bench.eval.dataset import Dataset
from bench.eval.findings import Findings, Table, percent
from bench.eval.narrow import NarrowEmbedder
from rag_stream.pipeline.abstention import best_likeness
from rag_stream.schema import Relevance
from rag_stream.text.keywords import terms

PART = "real size"
QUESTIONS = Path(__file__).with_name("packaged.json")
_LEFT_OUT = ("site-packages", "dist-packages", "test", "tests", "idlelib", "lib2to3", "encodings")
_FEWEST = 200
"""Characters of documentation that make a module worth a page."""
_WORDS, _DOCUMENTS = 0.3, 3
"""Of the measure that there was before: the part of the words, and where they were looked for."""
_MOST_ANSWERED, _MOST_REFUSED = 2 / 22, 0.03
_SHIFTED = "of another range"


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of one question; `cosine`: its best one; `blend`: that with shared words."""

    question: str
    is_answerable: bool
    is_test: bool
    relevance: Relevance
    cosine: float
    blend: float

    @property
    def margin(self) -> float | None:
        """How far above its threshold it came; each question may have its own."""
        score, threshold = self.relevance.score, self.relevance.threshold
        return None if score is None or threshold is None else score - threshold

    is_found: bool = True
    """Whether a chunk of the module that answers it is in the context."""


def documentation() -> dict[str, str]:
    """The docstrings of the standard library, a page a module."""
    library = Path(sysconfig.get_paths()["stdlib"])
    pages = {}
    for path in sorted(library.rglob("*.py")):
        name = path.relative_to(library).with_suffix("")
        if set(name.parts) & set(_LEFT_OUT):
            continue
        text = _page(".".join(name.parts), path)
        if len(text) >= _FEWEST:
            pages[".".join(name.parts)] = text
    return pages


def _page(name: str, path: Path) -> str:
    try:
        module = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return ""
    parts = [f"# {name}", ast.get_docstring(module) or ""]
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(module):
        if isinstance(node, kinds) and (said := ast.get_docstring(node)):
            parts += [f"## {node.name}", said]
    return "\n\n".join(filter(None, parts)) + "\n"


async def measure(ground: Ground, data: Dataset) -> Findings:
    """The questions of `packaged.json`, with the local model and with one of another range."""
    found = Findings(PART, "Abstention over an index of real size")
    pages, asked = documentation(), json.loads(QUESTIONS.read_text("utf-8"))
    lines: list[list[str]] = []
    for name, embedder in {
        ground.model.label: None,
        _SHIFTED: NarrowEmbedder(ground.embedder),
    }.items():
        told, chunks = await _ask(ground, pages, asked, embedder)
        found.remarks.append(_sizes(name, pages, chunks, told))
        for label, refused in _ways(told).items():
            errors = {half: _errors(told, refused, is_test=half == "test") for half in _HALVES}
            lines.append([f"{name}: {label}", *_cells(errors)])
            if label == _OURS:
                key = "narrow" if embedder else "model"
                found.figures[f"{key}_wrongly_answered"] = errors["test"][0]
                found.figures[f"{key}_wrongly_refused"] = errors["test"][1]
        found.figures["unknown"] = found.figures.get("unknown", 0.0) + sum(
            one.relevance.score is None for one in told
        )
        found.series[name] = {
            kind: [
                one.margin
                for one in told
                if one.is_answerable == (kind == "answerable") and one.margin is not None
            ]
            for kind in ("off_topic", "answerable")
        }
        found.remarks += [_wrong(name, told)]
    head = [
        "",
        *(f"{what}, {half}" for half in _HALVES for what in ("off-topic answered", "refused")),
    ]
    found.tables.append(Table("Both errors, on the half tuned on and on the other", head, lines))
    for key, what in (("model", ground.model.label), ("narrow", f"a model {_SHIFTED}")):
        found.at_most(f"off-topic answered, {what}", f"{key}_wrongly_answered", _MOST_ANSWERED)
        found.at_most(f"wrongly refused, {what}", f"{key}_wrongly_refused", _MOST_REFUSED)
    found.at_most("without a score", "unknown", 0.0)
    return found


_HALVES = ("dev", "test")
_OURS = "calibrated"


async def _ask(
    ground: Ground, pages: Mapping[str, str], asked: Mapping[str, Any], embedder: Any
) -> tuple[list[Asked], int]:
    settings = await ground.filled(pages, embedder=embedder)
    told = []
    async with ground.runtime(settings, embedder=embedder) as runtime:
        chunks = await runtime.index.count(await runtime.index.snapshot())
        for place, (question, module) in enumerate(asked["answerable"]):
            documents, relevance = await considered(runtime, question)
            is_found = any(f"{module}.md" == one.metadata["source"] for one in documents)
            scores = _scores(question, documents)
            told.append(Asked(question, True, place % 2 == 1, relevance, *scores, is_found))
        for place, question in enumerate(asked["off_topic"]):
            documents, relevance = await considered(runtime, question)
            scores = _scores(question, documents)
            told.append(Asked(question, False, place % 2 == 1, relevance, *scores))
    return told, chunks


def _scores(question: str, documents: Sequence[Document]) -> tuple[float, float]:
    """The best cosine, and with shared words."""
    cosine, words = best_likeness(documents) or 0.0, terms(question)
    share = max(
        (len(words & terms(one.page_content)) / len(words) for one in documents[:_DOCUMENTS])
        if words
        else (0.0,)
    )
    return cosine, (1 - _WORDS) * cosine + _WORDS * share


def _ways(told: Sequence[Asked]) -> dict[str, list[bool]]:
    """Which questions each way refuses."""
    ways = {_OURS: [one.relevance.is_refusal for one in told]}
    for label, scores in {
        "cosine": [one.cosine for one in told],
        "cosine and shared words": [one.blend for one in told],
    }.items():
        best = _best(told, scores)
        ways[f"{label}, fixed at the best for the half tuned on, {best:.2f}"] = [
            score < best for score in scores
        ]
    return ways


def _best(told: Sequence[Asked], scores: Sequence[float]) -> float:
    """The threshold with which the fewest questions of the half tuned on go wrong, by shares."""
    candidates = sorted({round(score, 2) for score in scores})
    return min(
        candidates,
        key=lambda at: sum(_errors(told, [score < at for score in scores], is_test=False)),
    )


def _errors(
    told: Sequence[Asked], refused: Sequence[bool], *, is_test: bool
) -> tuple[float, float]:
    """Shares of a half: of the off-topic answered, of the answerable refused."""
    half = [(one, no) for one, no in zip(told, refused, strict=True) if one.is_test == is_test]
    off = [not no for one, no in half if not one.is_answerable]
    good = [no for one, no in half if one.is_answerable]
    return sum(off) / len(off), sum(good) / len(good)


def _cells(errors: Mapping[str, tuple[float, float]]) -> list[str]:
    return [percent(value) for half in _HALVES for value in errors[half]]


def _sizes(name: str, pages: Mapping[str, str], chunks: int, told: Sequence[Asked]) -> str:
    good = [one for one in told if one.is_answerable]
    there = sum(one.is_found for one in good)
    return (
        f"{name}: {len(pages)} modules, {chunks:,} chunks; {len(good)} questions that they answer, "
        f"{there} with the module that does in the context; {len(told) - len(good)} off-topic ones"
    )


def _wrong(name: str, told: Sequence[Asked]) -> str:
    wrong = [one for one in told if one.relevance.is_refusal == one.is_answerable]
    return f"{name}, gone wrong: " + "; ".join(
        f"{one.question} ({one.relevance.score} against {one.relevance.threshold:.3f})"
        for one in wrong
        if one.relevance.threshold is not None
    )
