from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.documents import Document

from rag_stream.pipeline.abstention import REFUSAL, judge
from rag_stream.schema import Relevance
from rag_stream.settings import LOCAL_EMBEDDINGS

MINILM = f"{LOCAL_EMBEDDINGS}@0123abcd"
HARBOUR = "The harbour of Marlow was closed in the winter of 1901."


def doc(text: str, cosine: Any = 0.4) -> Document:
    return Document(text, metadata={"found": {"dense": {"rank": 1, "score": cosine}}})


def score(question: str, *documents: Document) -> float | None:
    return judge(question, documents, MINILM, "auto").score


def test_likeness_and_words_make_the_score() -> None:
    assert score("Who closed the harbour?", doc(HARBOUR, 0.5)) == pytest.approx(0.65)
    assert score("Who painted the harbour?", doc(HARBOUR, 0.5)) == pytest.approx(0.5)
    assert score("Who painted pictures?", doc(HARBOUR, 0.5)) == pytest.approx(0.35)


def test_the_most_alike_document_counts_wherever_it_stands() -> None:
    others = [doc("Bread is baked.", 0.1)] * 9
    assert score("Why?", *others, doc(HARBOUR, 0.9)) == pytest.approx(0.63)


def test_words_count_in_one_of_the_first_three_documents() -> None:
    bread, harbour = doc("Bread is baked."), doc(HARBOUR)
    both = score("harbour bread", bread, harbour)
    assert both == pytest.approx(0.7 * 0.4 + 0.3 * 0.5)
    assert score("harbour", bread, bread, harbour) == pytest.approx(0.58)
    assert score("harbour", bread, bread, bread, harbour) == pytest.approx(0.28)


def test_a_question_about_something_else_is_refused() -> None:
    asked = "How do I reset my password?"
    relevance = judge(asked, [doc(HARBOUR, 0.12)], MINILM, "auto")
    assert relevance.is_refusal
    assert relevance.model_dump() == {"score": 0.084, "threshold": relevance.threshold}
    assert not judge("When was the harbour closed?", [doc(HARBOUR)], MINILM, "auto").is_refusal
    assert REFUSAL


@pytest.mark.parametrize("question", ["harbour", "Marlow?", "HARBOURS", "1901"])
def test_one_word_that_is_there_will_do(question: str) -> None:
    assert not judge(question, [doc(HARBOUR, 0.15)], MINILM, "auto").is_refusal


@pytest.mark.parametrize(
    "question", ["Когда закрыли порт?", "港口什么时候关闭", "\U0001f6a2\U0001f6a2", "Why?", ""]
)
def test_without_common_words_only_likeness_counts(question: str) -> None:
    assert judge(question, [doc(HARBOUR, 0.2)], MINILM, "auto").is_refusal
    assert not judge(question, [doc(HARBOUR, 0.6)], MINILM, "auto").is_refusal


def test_scripts_without_blanks_have_words_too() -> None:
    chinese = doc("港口在冬天关闭了。", 0.4)
    assert not judge("港口什么时候关闭", [chinese], MINILM, "auto").is_refusal


def test_models_not_calibrated_answer_everything() -> None:
    far = [doc(HARBOUR, 0.0)]
    relevance = judge("Who?", far, "openai:text-embedding-3-small", "auto")
    assert relevance == Relevance(score=0.0, threshold=None)
    assert not relevance.is_refusal
    assert judge("Who?", far, "openai:text-embedding-3-small", 0.1).is_refusal


def test_a_setting_overrides_the_models_threshold() -> None:
    near = [doc(HARBOUR, 0.9)]
    assert judge("Who?", near, MINILM, 0.95).is_refusal
    assert not judge("Who?", near, MINILM, 0.0).is_refusal
    assert judge("Who?", [doc(HARBOUR, 0.0)], MINILM, "off").threshold is None
    assert not judge("Who?", [doc(HARBOUR, 0.0)], MINILM, "off").is_refusal


def test_nothing_retrieved_is_not_relevant() -> None:
    assert judge("harbour", [], MINILM, "auto").is_refusal
    assert not judge("harbour", [], MINILM, "off").is_refusal


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
def test_documents_of_unknown_likeness_are_answered_from(metadata: dict[str, Any]) -> None:
    relevance = judge("harbour", [Document(HARBOUR, metadata=metadata)], MINILM, "auto")
    assert relevance.score is None
    assert not relevance.is_refusal


def test_likeness_unknown_for_some_is_taken_from_the_others() -> None:
    assert score("Why?", Document(HARBOUR), doc(HARBOUR, 0.5)) == pytest.approx(0.35)


@given(st.text(), st.lists(st.tuples(st.text(), st.floats(-1.01, 1.01)), max_size=5))
def test_any_text_has_a_score(question: str, pages: list[tuple[str, float]]) -> None:
    documents = [doc(text, cosine) for text, cosine in pages]
    relevance = judge(question, documents, MINILM, "auto")
    assert relevance.score is not None
    assert 0 <= relevance.score <= 1
