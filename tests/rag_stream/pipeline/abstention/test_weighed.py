"""Likeness and words, weighed together as an index's calibration says."""

from typing import Any

import pytest

from rag_stream.calibration.record import Calibration
from rag_stream.calibration.standards import Standards
from rag_stream.pipeline.abstention import judge
from rag_stream.schema import Relevance
from tests.support.judged import GERMAN, HARBOUR, MINILM, OPENAI, QUESTION, doc

WEIGHED = Calibration(
    OPENAI,
    500,
    {"en": 0.9, "de": 0.9},
    beyond={"en": 0.9, "de": 0.9},
    spread=0.0125,
    standards=Standards({"en": 0.85}, {"en": 0.0125}, None, frozenset({"en"})),
)


SAY = {"harbour": 5.0, "marlow": 9.0, "pilot": 6.0}


def test_likeness_and_words_are_weighed_together_where_it_is_known_how() -> None:
    def told(likeness: float, *texts: str, **other: Any) -> Relevance:
        documents = [doc(text, likeness) for text in texts]
        given = {"information": SAY, "everydayness": 0.9, "documents": documents, **other}
        return judge(QUESTION, likeness, OPENAI, "auto", WEIGHED, **given)

    bread, one, two = "Bread is baked.", "The harbour.", "The harbour of Marlow."
    near = told(0.86, bread, two)
    assert near.basis == "calibrated"
    assert near.score is not None
    assert near.threshold is not None
    assert not near.is_refusal
    assert 0.79 < near.threshold < near.score < 0.9
    assert near.score == pytest.approx((0.86 * 80 + 8 * 14 / 20) / 88, abs=1e-4)
    assert told(0.86, bread).is_refusal
    # One word alone tells half; the threshold is that of the language, whatever is asked.
    assert told(0.86, bread, one).score == pytest.approx((0.86 * 80 + 8 * 2.5 / 20) / 88, abs=1e-4)
    assert told(0.86, bread).threshold == near.threshold
    assert not told(0.9, bread).is_refusal  # near enough without any
    assert told(0.86).is_refusal
    # A name needs less; it is told where that comes from.
    name = told(0.84, bread, two, share=0.5)
    assert (name.basis, name.is_refusal) == ("words", False)
    assert told(0.84, bread, share=0.5).is_refusal
    assert told(0.1, bread, share=0.0).threshold is None


def test_it_is_one_document_that_is_near_and_has_the_words() -> None:
    def told(near: float, having: float | None) -> Relevance:
        documents = [doc("Bread is baked.", near), doc("The harbour of Marlow.", having)]
        return judge(QUESTION, near, OPENAI, "auto", WEIGHED, documents=documents, information=SAY)

    assert not told(0.86, 0.85).is_refusal
    assert told(0.86, 0.78).is_refusal  # one is near, another one has the words
    assert told(0.86, 0.78).score == pytest.approx(0.86 * 80 / 88, abs=1e-4)
    assert told(0.86, None) == told(0.86, 0.86)  # nobody knows how near: it may be the nearest


def test_it_may_be_two_where_the_model_does_not_know_the_language() -> None:
    chinese = Standards({"zh": 0.5}, {"zh": 0.05}, None, frozenset({"zh"}))
    question, say = "港口什么时候关闭?", {"港口": 5.0, "关闭": 5.0}
    documents = [doc("面包是烤的。", 0.5), doc("港口在冬天关闭了。", 0.2)]
    for model, is_refusal in ((MINILM, False), (OPENAI, True)):
        made = Calibration(model, 500, {"zh": 0.9}, standards=chinese)
        told = judge(question, 0.5, model, "auto", made, documents=documents, information=say)
        assert told.is_refusal == is_refusal


def test_a_question_far_nearer_to_one_chunk_than_to_others_needs_less() -> None:
    known = Standards({"en": 0.85}, {"en": 0.0125}, None, frozenset({"en"}), {"en": 0.02})
    made = Calibration(OPENAI, 500, {"en": 0.9}, standards=known)

    def told(margin: float | None) -> Relevance:
        documents = [doc("The harbour.", 0.866)]
        given = {"documents": documents, "information": SAY, "margin": margin}
        return judge(QUESTION, 0.866, OPENAI, "auto", made, **given)

    wide, usual, untold = told(0.05), told(0.02), told(None)
    assert wide.score == usual.score == untold.score
    assert (wide.is_refusal, usual.is_refusal, untold.is_refusal) == (False, True, True)
    assert wide.threshold is not None
    assert untold.threshold is not None
    assert usual.threshold is not None
    assert wide.threshold < untold.threshold < usual.threshold


def test_words_are_not_weighed_where_they_tell_nothing() -> None:
    german = judge(GERMAN, 0.8, OPENAI, "auto", WEIGHED, information=SAY, documents=[doc(HARBOUR)])
    assert german.threshold == 0.9  # no document is in German, and nobody asked in it
    unknown = judge(QUESTION, 0.8, OPENAI, "auto", WEIGHED, documents=[doc(HARBOUR)])
    assert unknown.threshold == 0.9  # nobody knows what they say: searched by vectors alone
    by_hand = judge(QUESTION, 0.8, OPENAI, 0.5, WEIGHED, information=SAY, documents=[doc(HARBOUR)])
    assert (by_hand.score, by_hand.threshold) == (0.8, 0.5)
    unscored = judge(QUESTION, None, OPENAI, "auto", WEIGHED, information=SAY)
    assert unscored.basis == "unscored"


ENGLISH = Calibration(
    OPENAI,
    500,
    {"en": 0.9, "de": 0.9},
    standards=Standards(
        {"en": 0.88, "de": 0.8},
        {"en": 0.01, "de": 0.01},
        None,
        frozenset({"en"}),
        {"de": 0.02},
        frozenset({"de"}),
    ),
)
"""Of documents in English, with a model that knows German, too."""


def test_a_question_in_a_language_of_no_document_is_judged_by_its_margin() -> None:
    documents = [doc(HARBOUR, 0.79)]
    for margin, is_refusal in ((0.03, False), (0.01, True)):
        told = judge(GERMAN, 0.79, OPENAI, "auto", ENGLISH, documents=documents, margin=margin)
        assert (told.score, told.basis, told.is_refusal) == (0.79, "calibrated", is_refusal)
    assert judge(GERMAN, 0.79, OPENAI, "auto", ENGLISH, documents=documents).is_refusal
    assert not judge(GERMAN, 0.8, OPENAI, "auto", ENGLISH, documents=documents).is_refusal


def test_names_and_terms_are_the_same_in_other_languages() -> None:

    def told(cosine: float, text: str, information: dict[str, float]) -> Relevance:
        given = {"documents": [doc(text, cosine)], "information": information, "margin": 0.01}
        return judge(GERMAN, cosine, OPENAI, "auto", ENGLISH, **given)

    say = {"marlow": 9.0, "hafen": 12.0, "harbour": 3.0}
    assert not told(0.805, HARBOUR, say).is_refusal
    assert told(0.805, HARBOUR, {}).is_refusal
    assert told(0.805, "Bread is baked.", say).is_refusal
    # Among chunks that are all as near it is near enough without.
    assert not told(0.821, "Bread is baked.", {}).is_refusal
    assert not told(0.821, "Bread is baked.", say).is_refusal
