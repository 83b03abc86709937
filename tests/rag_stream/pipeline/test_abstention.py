from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.documents import Document

from rag_stream.calibration.record import Calibration
from rag_stream.pipeline.abstention import best_likeness, complaint, judge
from rag_stream.pipeline.naming import naming
from rag_stream.schema import Relevance
from rag_stream.settings import LOCAL_EMBEDDINGS

MINILM = f"{LOCAL_EMBEDDINGS}@0123abcd"
OPENAI = "openai:text-embedding-3-small"
HARBOUR = "The harbour of Marlow was closed in the winter of 1901."
QUESTION = "When was the harbour closed?"
GERMAN = "Wann wurde der Hafen geschlossen?"
CALIBRATED = Calibration(OPENAI, 500, {"en": 0.72, "de": 0.8})
ANSWERS_ALL = Calibration(OPENAI, 500, {})


def doc(text: str, cosine: Any = 0.4) -> Document:
    return Document(text, metadata={"found": {"dense": {"rank": 1, "score": cosine}}})


def test_the_most_alike_document_counts_wherever_it_stands() -> None:
    others = [doc("Bread is baked.", 0.1)] * 9
    assert best_likeness([*others, doc(HARBOUR, 0.9), *others]) == 0.9


def test_a_model_that_was_measured_has_a_threshold_of_its_own() -> None:
    relevance = judge(QUESTION, 0.9, MINILM, "auto", None, documents=[doc(HARBOUR)])
    assert relevance == Relevance(score=0.93, threshold=0.3, basis="measured")


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


def test_a_question_like_everyday_ones_has_to_come_nearer() -> None:
    made = Calibration(OPENAI, 500, {"en": 0.72}, beyond={"en": 0.42}, spread=0.01)
    rare, common = (
        judge(QUESTION, 0.7, OPENAI, "auto", made, everydayness=like) for like in (0.5, 0.6)
    )
    assert rare == Relevance(score=0.7, threshold=0.67, basis="calibrated")
    assert common == Relevance(score=0.7, threshold=0.72, basis="calibrated")
    unknown = judge(QUESTION, 0.7, OPENAI, "auto", made)
    assert unknown.threshold == 0.72  # by its likeness alone
    for like, threshold in ((-2.0, 0.0), (2.0, 1.0)):
        relevance = judge(QUESTION, 0.7, OPENAI, "auto", made, everydayness=like)
        assert relevance.threshold == threshold
    assert judge(QUESTION, 0.7, OPENAI, 0.3, made, everydayness=0.9).threshold == 0.3


def test_a_measured_model_is_calibrated_where_everyday_questions_are_not_far() -> None:
    near = Calibration(MINILM, 500, {"en": 0.4}, beyond={"en": 0.1}, spread=0.05)
    far = Calibration(MINILM, 500, {"en": 0.2}, beyond={"en": 0.1}, spread=0.05)
    told = judge(QUESTION, 0.35, MINILM, "auto", near, everydayness=0.46)
    assert told == Relevance(score=0.35, threshold=0.33, basis="calibrated")
    # No less than it was measured to take in any index.
    least = judge(QUESTION, 0.35, MINILM, "auto", near, everydayness=0.2)
    assert least == Relevance(score=0.35, threshold=0.3, basis="calibrated")
    assert judge(QUESTION, 0.25, MINILM, "auto", far, everydayness=0.2).basis == "measured"


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


def test_a_calibrated_index_has_a_threshold_for_each_language() -> None:
    for question, threshold in ((QUESTION, 0.72), (GERMAN, 0.8)):
        near = judge(question, 0.79, OPENAI, "auto", CALIBRATED)
        assert near == Relevance(score=0.79, threshold=threshold, basis="calibrated")
        assert near.is_refusal == (question == GERMAN)
    assert judge(QUESTION, 0.71, OPENAI, "auto", CALIBRATED).is_refusal


def test_a_measured_model_asks_for_no_less_in_the_language_it_was_measured_in() -> None:
    low, high = (
        Calibration(MINILM, 500, {"en": 0.2, "de": 0.2}),
        Calibration(MINILM, 500, {"en": 0.4}),
    )
    for calibration, question, threshold, basis in (
        (low, QUESTION, 0.3, "measured"),
        (low, GERMAN, 0.2, "calibrated"),
        (high, QUESTION, 0.4, "calibrated"),
    ):
        relevance = judge(question, 0.25, MINILM, "auto", calibration)
        assert (relevance.threshold, relevance.basis) == (threshold, basis)


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


def test_a_language_that_was_not_asked_takes_the_highest_threshold() -> None:
    relevance = judge("港口什么时候关闭?", 0.7, OPENAI, "auto", CALIBRATED)
    assert relevance.threshold == 0.8


@pytest.mark.parametrize(
    ("calibration", "basis"), [(None, "uncalibrated"), (ANSWERS_ALL, "everyday")]
)
def test_without_any_threshold_it_says_why(calibration: Calibration | None, basis: str) -> None:
    relevance = judge(QUESTION, 0.0, OPENAI, "auto", calibration)
    assert relevance == Relevance(score=0.0, threshold=None, basis=basis)
    assert not relevance.is_refusal
    assert judge(QUESTION, 0.0, MINILM, "auto", calibration).basis == "measured"


def test_a_language_whose_everyday_questions_are_answered_is_not_calibrated() -> None:
    for model, threshold, basis in ((OPENAI, None, "everyday"), (MINILM, 0.3, "measured")):
        partly = Calibration(model, 500, {"en": 0.72}, frozenset({"de"}))
        told = judge(GERMAN, 0.2, model, "auto", partly)
        score = 0.2 if basis == "everyday" else 0.14  # no word is shared
        assert told == Relevance(score=score, threshold=threshold, basis=basis)
        assert judge(QUESTION, 0.2, model, "auto", partly).is_refusal
        assert "(de)" in str(complaint(partly, model))


def test_a_setting_overrides_every_other_threshold() -> None:
    near = 0.9
    for calibration in (None, CALIBRATED, ANSWERS_ALL):
        assert judge(QUESTION, near, OPENAI, 0.95, calibration).is_refusal
        relaxed = judge(QUESTION, near, OPENAI, 0.0, calibration)
        assert relaxed == Relevance(score=0.9, threshold=0.0, basis="configured")
        off = judge(QUESTION, 0.0, OPENAI, "off", calibration)
        assert off == Relevance(score=0.0, threshold=None, basis="off")
        assert not off.is_refusal


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


def test_what_keeps_questions_from_being_refused_is_said() -> None:
    assert complaint(CALIBRATED, OPENAI) is None
    assert "no question is refused" in str(complaint(None, OPENAI))
    assert "the next ingest" in str(complaint(None, MINILM))
    assert "everyday questions" in str(complaint(ANSWERS_ALL, OPENAI))
    assert "0.3" in str(complaint(ANSWERS_ALL, MINILM))


@given(st.text(), st.lists(st.tuples(st.text(), st.floats(-1.01, 1.01)), max_size=5))
def test_any_text_has_a_score(question: str, pages: list[tuple[str, float]]) -> None:
    documents = [doc(text, cosine) for text, cosine in pages]
    relevance = judge(question, best_likeness(documents), OPENAI, "auto", CALIBRATED)
    assert relevance.score is not None
    assert 0 <= relevance.score <= 1
    assert relevance.threshold in (0.72, 0.8)
