"""The threshold that a question is held against, and what is said of where it comes from."""

import pytest

from rag_stream.calibration.record import Calibration
from rag_stream.calibration.standards import Standards
from rag_stream.pipeline.abstention import complaint, judge
from rag_stream.schema import Relevance
from tests.support.judged import (
    ANSWERS_ALL,
    CALIBRATED,
    GERMAN,
    HARBOUR,
    MINILM,
    OPENAI,
    QUESTION,
    doc,
)


def test_a_model_that_was_measured_has_a_threshold_of_its_own() -> None:
    relevance = judge(QUESTION, 0.9, MINILM, "auto", None, documents=[doc(HARBOUR)])
    assert relevance == Relevance(score=0.93, threshold=0.3, basis="measured")


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


def test_what_keeps_questions_from_being_refused_is_said() -> None:
    assert complaint(CALIBRATED, OPENAI) is None
    assert "no question is refused" in str(complaint(None, OPENAI))
    assert "the next ingest" in str(complaint(None, MINILM))
    assert "everyday questions" in str(complaint(ANSWERS_ALL, OPENAI))
    assert "0.3" in str(complaint(ANSWERS_ALL, MINILM))


def test_where_words_are_weighed_it_is_said_when_that_is() -> None:
    english = Standards({"en": 0.2}, {"en": 0.05}, None, frozenset({"en"}))
    for thresholds, answered in (({}, frozenset({"en", "de"})), ({"de": 0.4}, frozenset({"en"}))):
        made = Calibration(MINILM, 500, thresholds, answered, standards=english)
        told = judge(QUESTION, 0.5, MINILM, "auto", made, documents=[], information={"harbour": 1})
        assert told.threshold != 0.3
        said = "where words are not searched for, or tell nothing: "
        assert f"{said}the embedding model's own threshold applies, 0.3" in str(
            complaint(made, MINILM)
        )
        assert said in str(complaint(made, OPENAI))
        plain = Calibration(MINILM, 500, thresholds, answered)
        assert "where words" not in str(complaint(plain, MINILM))
