"""What the evaluation says of answers and refusals that were made up here."""

from typing import Any

import pytest
from langchain_core.documents import Document

from bench.eval import citations, fusions, script
from bench.eval.abstention import Verdict, at_most_refused, errors, tradeoff
from bench.eval.asked import Asked
from bench.eval.findings import Findings
from bench.eval.span import Span

PAGE = "Bees dance to tell the others where food is. They also hum, all day long, in the sun."
DANCE = "Bees dance to tell the others where food is."


def document(text: str = PAGE, start: int = 100) -> Document:
    return Document(text, metadata={"source": "bees.md", "start_index": start})


def citation(**changes: Any) -> dict[str, Any]:
    return {
        "marker": 1,
        "answer_start": 0,
        "answer_end": len(DANCE),
        "document": 0,
        "quote": DANCE,
        "quote_start": 0,
        "quote_end": len(DANCE),
        "support": 1.0,
    } | changes


def asked(answer: str = f"{DANCE} [1]", *made: dict[str, Any]) -> Asked:
    return Asked("Why?", [document()], answer, list(made), {"state": "completed"})


def test_a_good_citation_has_nothing_wrong() -> None:
    one = asked(f"{DANCE} [1]", citation())
    assert list(citations.problems(one)) == []
    assert citations.strangers(one) == []
    assert [is_so for _, is_so in citations.sentences(one)] == [True]
    assert one.quoted() == [Span("bees", 100, 100 + len(DANCE))]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"document": 1}, "a document that does not exist"),
        ({"document": -1}, "a document that does not exist"),
        ({"quote_start": 1}, "a quote that does not stand there"),
        ({"quote": "", "quote_end": 0}, "a quote that does not stand there"),
        ({"answer_end": 400}, "a place outside the answer"),
        ({"answer_end": 0}, "a place outside the answer"),
    ],
)
def test_a_bad_citation_is_named(changes: dict[str, Any], problem: str) -> None:
    (found,) = citations.problems(asked(f"{DANCE} [1]", citation(**changes)))
    assert problem in found


def test_markers_to_no_source_are_found_but_not_in_code() -> None:
    one = asked("Bees dance [2]. They hum [0]. Take `bees[7]`. And [1].", citation(marker=3))
    assert citations.strangers(one) == ["[2]", "[0]", "[3]"]


def test_a_sentence_needs_a_citation_that_supports_it() -> None:
    answer = "Bees dance to tell others. [1] They hum all day. [1] They never sleep."
    one = asked(answer, citation(answer_end=20), citation(answer_start=31, support=0.2))
    assert [is_so for _, is_so in citations.sentences(one)] == [True, False, False]


def test_the_checks_become_figures_and_goals() -> None:
    found = Findings("part", "Part")
    good, bad = asked(DANCE, citation()), asked(f"{DANCE} [9]", citation(quote_start=1))
    refused = Asked("Why?", [document()], "Nothing about this.", [], {"state": "abstained"})
    citations.checks(found, "made-up", [good, bad, refused])
    assert found.figures["made-up_citations"] == 2
    assert found.figures["made-up_exact"] == 0.5
    assert found.figures["made-up_strangers"] == 1
    assert [goal.is_reached for goal in found.goals] == [False, False]


def verdicts(scores: list[float], *, answerable: bool, below: float) -> list[Verdict]:
    return [Verdict("bees", answerable, score, score < below) for score in scores]


def test_both_errors_by_threshold() -> None:
    good = verdicts([0.2, 0.5, 0.6, 0.7], answerable=True, below=0.4)
    bad = verdicts([0.1, 0.3, 0.45, 0.3], answerable=False, below=0.4)
    assert errors([*good, *bad]) == (0.25, 0.25)
    curve = tradeoff([*good, *bad])
    assert (curve[0].wrongly_answered, curve[0].wrongly_refused) == (1, 0)
    assert curve[-1].wrongly_answered == 0
    assert [one.wrongly_answered for one in curve] == sorted(
        (one.wrongly_answered for one in curve), reverse=True
    )
    assert at_most_refused(curve, 0.0).wrongly_answered == 0.75
    assert at_most_refused(curve, 0.25).wrongly_answered == 0.0


def ranked(way: str, scores: dict[str, float]) -> list[Document]:
    return [
        Document("", metadata={"chunk_id": name, "found": {way: {"score": score}}})
        for name, score in scores.items()
    ]


def test_rankings_are_joined_by_rank() -> None:
    dense = ranked("dense", {"a": 0.9, "b": 0.8, "c": 0.3})
    lexical = ranked("lexical", {"b": 8.0, "d": 7.9})
    found = [one.metadata["chunk_id"] for one in fusions.by_rank(dense, lexical)]
    assert found == ["b", "a", "d", "c"]


def test_a_script_is_the_same_each_time_in_pieces_that_make_it_whole() -> None:
    documents = [document(), document(PAGE.replace("Bees", "Wasps"), 900)]
    said = script.script("Why?", documents)
    assert said == script.script("Why?", documents)
    assert {one.kind for one in said} <= set(script.KINDS)
    text = "".join(script.pieces("Why?", said))
    assert all(f"{one.text} [{one.marker}]." in text for one in said)
    for one in said:
        assert (one.marker in (1, 2)) == (one.kind != "no such source")
