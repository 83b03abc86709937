"""Floors of retrieval and answers: the whole evaluation on the small sample, models and all.

The figures are the same each time. Each floor is a little below the figure of the day it was
written: a change that costs a question or two is seen here, one of rounding is not.
"""

import json
from collections.abc import Mapping

import pytest

from bench.eval import abstention, answers, conversation, english, languages, retrieval, scripted
from bench.eval.cli import SAMPLE
from bench.eval.dataset import load
from bench.eval.findings import Findings
from bench.eval.report import report
from bench.eval.run import evaluate

PARTS = (
    retrieval.PART,
    english.PART,
    languages.PART,
    conversation.PART,
    abstention.PART,
    scripted.PART,
    answers.PART,
)


@pytest.fixture(scope="module")
def findings() -> Mapping[str, Findings]:
    """All parts but those that take times, and the one of real size."""
    return {found.part: found for found in evaluate(load(SAMPLE), PARTS)}


@pytest.mark.parametrize(
    ("part", "figure", "least"),
    [
        ("retrieval", "pipeline_recall_4000", 0.93),
        ("retrieval", "context_recall_4000", 0.93),
        ("retrieval", "pipeline_recall_2000", 0.91),
        ("retrieval", "context_recall_2000", 0.91),
        ("retrieval", "pipeline_hit_4", 0.80),
        ("answers", "answerer_f1_dev", 0.55),
        ("answers", "answerer_f1_test", 0.50),
        ("answers", "local_support", 0.99),
        ("models", "all-MiniLM-L6-v2 context 4000", 0.93),
        ("languages", "all-MiniLM-L6-v2 de 4000", 1.0),
        ("languages", "all-MiniLM-L6-v2 zh 4000", 1.0),
        ("languages", "all-MiniLM-L6-v2 zh lexical 4000", 1.0),
        ("conversation", "all-MiniLM-L6-v2 follow-ups all 5", 1.0),
        ("conversation", "multilingual-e5-small follow-ups all 5", 1.0),
        ("conversation", "all-MiniLM-L6-v2 topic switches all 5", 0.85),
        ("citations", "kept, quoted", 1.0),
        ("citations", "kept, fewer words", 1.0),
        ("citations", "supported, quoted", 0.99),
        ("citations", "supported, fewer words", 0.95),
    ],
)
def test_no_less(findings: Mapping[str, Findings], part: str, figure: str, least: float) -> None:
    assert findings[part].figures[figure] >= least


@pytest.mark.parametrize(
    ("part", "figure", "most"),
    [
        ("retrieval", "pipeline_characters", 1_500),
        # Two of 76, asked in words that the pages have not.
        ("abstention", "wrongly_refused", 0.03),
        # The three corpora are about neighbouring things, and answer some of each other's.
        ("abstention", "wrongly_answered", 0.35),
        ("citations", "supported, another source", 0.05),
        ("citations", "kept, no such source", 0.0),
        ("citations", "scripted_strangers", 0),
        ("answers", "local_strangers", 0),
    ],
)
def test_no_more(findings: Mapping[str, Findings], part: str, figure: str, most: float) -> None:
    assert findings[part].figures[figure] <= most


@pytest.mark.parametrize(("part", "name"), [("citations", "scripted"), ("answers", "local")])
def test_every_quote_is_exact(findings: Mapping[str, Findings], part: str, name: str) -> None:
    figures = findings[part].figures
    assert figures[f"{name}_citations"] > 70
    assert figures[f"{name}_exact"] == 1.0


@pytest.mark.parametrize("budget", [2000, 4000])
def test_the_pipeline_finds_more_than_its_parts_and_the_reference(
    findings: Mapping[str, Findings], budget: int
) -> None:
    figures = findings["retrieval"].figures
    ours = figures[f"pipeline_recall_{budget}"]
    for other, margin in (("reference", 0.03), ("dense", 0.0), ("lexical", 0.0)):
        assert ours >= figures[f"{other}_recall_{budget}"] + margin, other


def test_answers_beat_the_first_sentences_of_the_references_best_chunk(
    findings: Mapping[str, Findings],
) -> None:
    figures = findings["answers"].figures
    for half in answers.HALVES:
        first = figures[f"first three sentences of the reference's top chunk_f1_{half}"]
        assert figures[f"answerer_f1_{half}"] > 1.5 * first


def test_the_report_says_all_of_it(findings: Mapping[str, Findings]) -> None:
    text = report(list(findings.values()), load(SAMPLE))
    for found in findings.values():
        assert f"## {found.title}" in text
        for goal in found.goals:
            assert goal.what in text
        json.dumps(found.as_json())
    assert "the service's pipeline" in text
