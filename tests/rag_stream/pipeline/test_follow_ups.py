"""A question after a talk: judged by the ranking and by what the talk is about."""

import pytest
from langchain_core.documents import Document

from rag_stream.calibration.standards import Standards
from rag_stream.lexical.wanted import Term
from rag_stream.pipeline.follow_ups import judge_follow_up
from rag_stream.schema import Relevance

STANDARDS = Standards({"en": 0.3, "de": 0.3}, {"en": 0.1, "de": 0.1}, None, frozenset({"en", "de"}))
REFUSED = Relevance(score=0.1, threshold=0.5, basis="calibrated")
ACCEPTED = Relevance(score=0.9, threshold=0.5, basis="calibrated")
MODEL = "openai:text-embedding-3-small"
TALK = {Term("lighthous"): 3.0, Term("norrum"): 5.0}


def documents(score: float, text: str = "A tower of granite.") -> list[Document]:
    metadata = {"score": score, "source": "a.md", "title": "A"}
    return [Document(text, metadata=metadata), Document("Nothing.", metadata=metadata)]


def judged(found: list[Document], counts: float = 1.0, first: Relevance = REFUSED) -> Relevance:
    return judge_follow_up(first, found, TALK, counts, STANDARDS, "en", MODEL)


def test_what_the_documents_have_of_the_talk_counts() -> None:
    of_it = "The lighthouse of Norrum is a tower of granite."
    assert judged(documents(0.5)).is_refusal
    assert not judged(documents(0.5, of_it)).is_refusal
    assert not judged(documents(0.9)).is_refusal
    assert judged(documents(0.5), first=ACCEPTED).is_refusal


def test_a_new_topic_is_refused_where_both_say_so() -> None:
    assert judged(documents(0.5), 0.15) != REFUSED
    assert judged(documents(0.5), 0.15).is_refusal
    assert judged(documents(0.5, "The lighthouse of Norrum."), 0.15).is_refusal
    assert not judged(documents(0.9), 0.15).is_refusal
    assert judged(documents(0.1), 0.15, ACCEPTED) is ACCEPTED


@pytest.mark.parametrize("basis", ["words", "configured"])
def test_another_basis_stands(basis: str) -> None:
    first = Relevance(score=0.1, threshold=0.5, basis=basis)
    assert judged(documents(0.9), first=first) is first


def test_what_cannot_be_told_is_left_as_it_is() -> None:
    assert judge_follow_up(REFUSED, documents(0.9), {}, 1.0, STANDARDS, "en", MODEL) is REFUSED
    assert judge_follow_up(REFUSED, documents(0.9), TALK, 1.0, STANDARDS, "zh", MODEL) is REFUSED
    assert judge_follow_up(REFUSED, [], TALK, 1.0, STANDARDS, "en", MODEL) is REFUSED
    free = Relevance(score=0.1, threshold=None, basis="everyday")
    assert judged(documents(0.1), first=free) is free


@pytest.mark.parametrize("score", [-9.0, 0.0, 9.0])
def test_a_score_is_between_nothing_and_one(score: float) -> None:
    told = judged(documents(score))
    assert told.score is not None
    assert 0.0 <= told.score <= 1.0
