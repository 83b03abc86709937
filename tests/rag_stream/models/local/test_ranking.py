from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.documents import Document

from rag_stream.models.local.ranking import choose, shortlist


def doc(text: str, **metadata: Any) -> Document:
    return Document(text, metadata=metadata)


def picked(
    question: str, documents: Sequence[Document], similar: dict[str, float] | None = None
) -> list[str]:
    """What is chosen where each sentence has the similarity given for its first word."""
    candidates = shortlist(question, documents, 50, 99_999)
    size = len(candidates) + 1
    # Orthogonal but for what each has in common with the question, which is axis 0.
    vectors = np.zeros((len(candidates), size), dtype=np.float32)
    for i, candidate in enumerate(candidates):
        likeness = (similar or {}).get(candidate.text.split()[0], 0.5)
        vectors[i, 0], vectors[i, i + 1] = likeness, np.sqrt(1 - likeness**2)
    axis = np.eye(1, size, dtype=np.float32)[0]
    return [candidate.text for candidate in choose(candidates, axis, vectors)]


def test_the_sentence_with_the_words_of_the_question_wins() -> None:
    text = (
        "Bread is baked from flour and water. The moon circles the earth every month. "
        "Rivers carry water down to the sea."
    )
    assert picked("How often does the moon circle the earth?", [doc(text)]) == [
        "The moon circles the earth every month."
    ]


def test_similarity_decides_between_sentences_without_common_words() -> None:
    text = "Alpha says nothing in particular here. Beta says everything that matters here."
    assert picked("Why?", [doc(text)], {"Alpha": 0.1, "Beta": 0.9}) == [
        "Beta says everything that matters here."
    ]


def test_a_better_document_wins_where_all_else_is_equal() -> None:
    low = doc("Grapes grow on the southern slope of it.", score=0.1)
    high = doc("Apples grow on the northern slope of it.", score=0.9)
    chosen = shortlist("What grows there?", [low, high], 1, 999)
    assert [candidate.document for candidate in chosen] == [1]


@pytest.mark.parametrize("score", [None, "high", float("nan"), float("inf"), -1.0, 0, True, [1]])
def test_scores_that_say_nothing_are_passed_over(score: Any) -> None:
    documents = [
        doc("Apples grow on the northern slope.", score=score),
        doc("Pears grow on the southern slope.", score=score),
    ]
    assert [c.document for c in shortlist("What grows?", documents, 2, 999)] == [0, 1]


ORCHARD = [
    doc("Plums grow near the old wall of it.", score=0.93),
    doc("Apples grow on the slope of the orchard.", score=0.80),
]


def test_scores_are_told_on_the_scale_of_the_model() -> None:
    """0.80 beside 0.93 is far behind where texts without anything in common have 0.76."""
    shares = {
        common: {c.document: c.prior for c in shortlist("grow", ORCHARD, 9, 999, common)}
        for common in (0.0, 0.76)
    }
    assert shares[0.0][0] - shares[0.0][1] == pytest.approx(0.3 * (1 - 0.80 / 0.93) + 0.05)
    assert shares[0.76][0] - shares[0.76][1] == pytest.approx(0.3 * (1 - 0.04 / 0.17) + 0.05)


def test_scores_of_another_scale_than_the_models_still_count() -> None:
    """As of an index with another model, or of a reranker: below the model's least, or around."""
    for best, other in ((0.6, 0.2), (0.9, -3.0), (-1.0, -4.0)):
        documents = [doc("Plums grow by it.", score=other), doc("Figs grow by it.", score=best)]
        priors = {c.document: c.prior for c in shortlist("grow", documents, 9, 999, 0.76)}
        assert priors[1] > priors[0], (best, other)
    assert {c.prior for c in shortlist("grow", [doc("Figs grow by the wall.")], 9, 999, 0.76)} == {
        0.1
    }


def test_at_most_twenty_documents_and_three_quotes() -> None:
    documents = [doc(f"Apples are what grows in valley {number}.") for number in range(25)]
    assert len(shortlist("apple", documents, 99, 9_999)) == 20
    assert len(picked("apple", documents)) == 3


def test_a_weaker_sentence_is_left_out() -> None:
    text = "Moon craters are deep and dark. Nothing is said of anything here."
    chosen = picked("moon craters", [doc(text)], {"Moon": 0.8, "Nothing": 0.2})
    assert chosen == ["Moon craters are deep and dark."]


def test_what_overlapping_chunks_share_is_quoted_once_and_whole() -> None:
    first = doc(
        "Old text stands here first. The harbour of the town was closed in the winter of",
        source="a",
        start_index=0,
    )
    second = doc(
        "town was closed in the winter of 1901. The harbour opened again in the spring.",
        source="a",
        start_index=46,
    )
    third = doc(
        "The harbour of the town was closed in the winter of 1901. The harbour opened again",
        source="a",
        start_index=29,
    )
    assert picked("When was the harbour of the town closed?", [first, second, third]) == [
        "The harbour of the town was closed in the winter of 1901."
    ]


def test_a_fragment_is_quoted_only_where_nothing_else_is_left() -> None:
    fragment = "closed the harbour of the town in winter because of the ice"
    assert picked("Who closed the harbour?", [doc(fragment)]) == [fragment]
    both = f"{fragment}\n\nThe harbour was closed by the mayor."
    assert picked("Who closed the harbour?", [doc(both)]) == [
        "The harbour was closed by the mayor."
    ]


def test_a_sentence_inside_a_fragment_is_kept() -> None:
    text = "The harbour of it was closed.\n\n1. The harbour of it was closed in winter because of\n"
    assert picked("harbour closed", [doc(text)]) == ["The harbour of it was closed."]
    longer = "The harbour was closed for good. We know that the harbour was closed for good."
    assert picked("harbour closed", [doc(longer)]) == [
        "We know that the harbour was closed for good."
    ]


def test_questions_code_links_and_control_characters_are_not_quoted() -> None:
    text = (
        "Who closed the harbour of the town? [harbour of the town](http://x.y/z)\n\n"
        "harbour = {1: 2, 3: [4, 5], 6: (7, 8)}.\n\nThe harbour \x00 was closed.\n\n"
        "The harbour \ud800 was closed."
    )
    assert picked("harbour", [doc(text)]) == []


def test_the_same_thing_is_not_said_twice() -> None:
    near = [
        doc("The harbour was closed in the winter of 1901."),
        doc("In the winter of 1901 the harbour was closed."),
    ]
    assert len(picked("When was the harbour closed?", near)) == 1
    dated = [doc("Version 1.1 came out in May of that year."), doc("Version 1.2 came out in May.")]
    assert len(picked("Which version came out in May?", dated)) == 2
    candidates = shortlist(
        "x", [doc("Apples are red and sweet. Pears are green and juicy.")], 9, 999
    )
    alike = np.ones((2, 1), dtype=np.float32)
    assert len(choose(candidates, alike[0], alike)) == 1


def test_reading_order_is_that_of_the_sources() -> None:
    documents = [
        doc("The tower fell in the third year.", source="b", start_index=500),
        doc("The tower stood for two years.", source="a", start_index=90),
        doc("The tower began in the first year.", source="b", start_index=100),
    ]
    assert picked("tower year", documents, {"The": 0.9}) == [
        "The tower began in the first year.",
        "The tower fell in the third year.",
        "The tower stood for two years.",
    ]


def test_nothing_fits_without_likeness_and_common_words() -> None:
    text = "Bread is baked from flour and water. Rivers carry water down to the sea."
    unlike = {"Bread": 0.02, "Rivers": 0.03}
    assert picked("Who won the football match yesterday?", [doc(text)], unlike) == []
    assert picked("Who won?", [], unlike) == []
    assert picked("", [doc("")]) == []


PIECES = st.lists(
    st.sampled_from(
        [
            "The harbour was closed. ", "closed ", "Dr. ", "# ", "\n\n", "- ", "| ", '"', "(",
            "\x00", "\ud800", "\U0001f600", "?", ". ", "It was opened again. ", "[a](b)", "\u2028",
        ]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@given(st.text(max_size=60), st.lists(PIECES | st.text(max_size=100), max_size=12), st.data())
@settings(max_examples=150)
def test_every_quote_is_in_its_document(question: str, pages: list[str], data: Any) -> None:
    starts = st.none() | st.integers(-2, 500) | st.just("x")
    documents = [
        doc(
            page, source=data.draw(st.sampled_from(["a", "b", None])), start_index=data.draw(starts)
        )
        for page in pages
    ]
    candidates = shortlist(question, documents, 12, 999)
    vectors = np.random.default_rng(0).normal(size=(len(candidates) + 1, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    chosen = choose(candidates, vectors[-1], vectors[:-1])
    assert len(chosen) <= 3
    for quote in chosen:
        assert documents[quote.document].page_content[quote.start : quote.end] == quote.text


PAGE = "Alpha says all that matters here. Beta says nothing of it here. Gamma is said there."


def narrow(*likenesses: float, common: float) -> list[str]:
    """What is chosen of PAGE by a model to which all texts are at least so much alike."""
    candidates = sorted(shortlist("Why?", [doc(PAGE)], 9, 999), key=lambda c: c.start)
    size = len(candidates)
    own = np.eye(size, size + 1, 1)
    vectors = np.array([np.eye(size + 1)[0] * like for like in likenesses])
    vectors += own * np.sqrt(1 - np.array(likenesses)[:, None] ** 2)
    axis = np.eye(size + 1)[0]
    return [c.text.split()[0] for c in choose(candidates, axis, vectors, common)]


def test_likeness_is_told_on_the_scale_of_the_model() -> None:
    """What is a near second to the eye is far behind where all cosines lie together."""
    assert narrow(0.91, 0.84, 0.79, common=0.76) == ["Alpha"]
    assert narrow(0.91, 0.90, 0.79, common=0.76) == ["Alpha", "Beta"]
    assert narrow(0.77, 0.765, 0.765, common=0.76) == []  # as like as any other texts
    assert narrow(0.91, 0.84, 0.79, common=0.0) == ["Alpha", "Beta"]
