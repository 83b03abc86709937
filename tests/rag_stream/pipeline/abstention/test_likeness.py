"""What a question's score is made of, whatever it is held against."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.documents import Document

from rag_stream.calibration.record import Calibration
from rag_stream.pipeline.abstention import best_likeness, judge
from rag_stream.pipeline.naming import naming
from rag_stream.schema import Relevance
from tests.support.judged import CALIBRATED, HARBOUR, MINILM, OPENAI, QUESTION, doc


def test_the_most_alike_document_counts_wherever_it_stands() -> None:
    others = [doc("Bread is baked.", 0.1)] * 9
    assert best_likeness([*others, doc(HARBOUR, 0.9), *others]) == 0.9


def test_words_count_beside_the_threshold_that_was_measured_with_them() -> None:
    three = [doc("Bread is baked."), doc("The harbour is old."), doc("The harbour was closed.")]
    told = judge(QUESTION, 0.3, MINILM, "auto", None, documents=three)
    assert told.score == pytest.approx(0.7 * 0.3 + 0.3)
    assert not told.is_refusal
    behind = judge(QUESTION, 0.3, MINILM, "auto", None, documents=[three[0], *three])
    assert behind.score == pytest.approx(0.7 * 0.3 + 0.3 / 2)  # words of the best three alone
    far = judge(QUESTION, 0.3, MINILM, "auto", None, documents=[doc("x" * 1_000 + HARBOUR)])
    assert far.score == pytest.approx(0.7 * 0.3)
    assert far.is_refusal
    for below, calibration in ((0.3, None), ("auto", CALIBRATED)):
        assert judge(QUESTION, 0.3, OPENAI, below, calibration, documents=three).score == 0.3


def test_a_chunk_that_has_most_of_what_is_asked_is_nearer_than_the_model_knows() -> None:
    made = Calibration(OPENAI, 500, {"en": 0.7}, beyond={"en": 0.5}, spread=0.02)
    say = {"harbour": 5.0, "marlow": 9.0, "pilot": 6.0}

    def told(*texts: str, **other: Any) -> Relevance:
        documents = [doc(text, 0.6) for text in texts]
        return judge(QUESTION, 0.62, OPENAI, "auto", made, documents=documents, **other)

    bread, part, whole = "Bread.", "The harbour of Marlow.", "The pilot of Marlow's harbour."
    assert told(bread, part, whole).score == 0.62  # nobody knows what its words say
    assert told(bread, "The harbour.", "A pilot.", information=say).score == 0.62
    little = {"harbour": 5.0, "marlow": 7.0, "pilot": 8.0}
    assert told(bread, part, information=little).score == pytest.approx(0.6 + 0.24 * 0.2)
    # However much it has, its words are worth no more than the model is wrong by at most.
    assert told(whole, bread, information=say) == Relevance(
        score=0.68, threshold=0.7, basis="calibrated"
    )
    # Not where the model finds it near enough, nor beside another threshold.
    assert told(whole, information=say, everydayness=0.2).score == 0.62
    documents = [doc(whole, 0.6)]
    set_by_hand = judge(QUESTION, 0.62, OPENAI, 0.7, made, documents=documents, information=say)
    assert set_by_hand.score == 0.62
    unscored = Document(whole, metadata={})
    assert judge(
        QUESTION, 0.62, OPENAI, "auto", made, documents=[unscored], information=say
    ).is_refusal


def test_nothing_retrieved_is_not_relevant() -> None:
    likeness = best_likeness([])
    assert judge("harbour", likeness, MINILM, "auto", None).is_refusal
    assert judge("harbour", likeness, OPENAI, "auto", CALIBRATED).is_refusal
    assert not judge("harbour", likeness, MINILM, "off", None).is_refusal


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"found": None},
        {"found": {"lexical": {"rank": 1, "score": 9.0}}},
        {"found": {"dense": None}},
        {"found": {"dense": {"score": None}}},
        {"found": {"dense": {"score": float("nan")}}},
    ],
)
def test_documents_of_unknown_likeness_are_not_answered_from_and_told(
    metadata: dict[str, Any],
) -> None:
    likeness = best_likeness([Document(HARBOUR, metadata=metadata)])
    relevance = judge("harbour", likeness, MINILM, "auto", None)
    assert (relevance.score, relevance.basis) == (None, "unscored")
    assert relevance.is_refusal
    assert not judge("harbour", likeness, MINILM, "off", None).is_refusal
    assert not judge("harbour", likeness, OPENAI, "auto", None).is_refusal


def test_likeness_unknown_for_some_is_taken_from_the_others() -> None:
    assert best_likeness([Document(HARBOUR), doc(HARBOUR, 0.5)]) == 0.5


@given(st.text(), st.lists(st.tuples(st.text(), st.floats(-1.01, 1.01)), max_size=5))
def test_any_text_has_a_score(question: str, pages: list[tuple[str, float]]) -> None:
    documents = [doc(text, cosine) for text, cosine in pages]
    relevance = judge(question, best_likeness(documents), OPENAI, "auto", CALIBRATED)
    assert relevance.score is not None
    assert 0 <= relevance.score <= 1
    assert relevance.threshold in (0.72, 0.8)


@pytest.mark.parametrize(
    "question", ["HARBOURS", "Marlow?", "1901", "harbour Marlow", "winter, 1901"]
)
def test_a_name_that_is_there_will_do(question: str) -> None:
    share = naming([doc("Bread is baked."), doc(HARBOUR)], question)
    assert share == 0
    relevance = judge(question, 0.1, OPENAI, "auto", CALIBRATED, share=share)
    assert relevance == Relevance(score=0.1, threshold=None, basis="words")
    assert judge(question, 0.1, OPENAI, 0.3, CALIBRATED, share=share).is_refusal


@pytest.mark.parametrize(
    ("question", "share"),
    [("harbour", 0.85), ("Harbour?", 0.85), ("closed 1901", 0.5), ("港口", 0.85)],
)
def test_words_that_may_be_a_name_need_less_likeness(question: str, share: float) -> None:
    assert naming([doc(HARBOUR), doc("港口在冬天关闭了。")], question) == share
    near, far = (judge(question, at, MINILM, "auto", None, share=share) for at in (0.26, 0.1))
    assert near == Relevance(score=0.26, threshold=0.3 * share, basis="words")
    assert not near.is_refusal
    assert far.is_refusal  # a document that mentions it by the way
    assert judge(question, 0.1, MINILM, 0.3, None, share=share).threshold == 0.3
    assert judge(question, 0.1, OPENAI, "auto", None, share=share).basis == "uncalibrated"
