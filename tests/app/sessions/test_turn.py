"""What the model is told of turns, and where an answer is from."""

from types import SimpleNamespace

import pytest
from langchain_core.documents import Document

from app.sessions.turn import said, sources_of, storable
from rag_stream.conversation import Conversation, parse_input
from rag_stream.messages import MAX_MESSAGE_CHARS
from tests.support.told_events import citation


def turn(state: str, answer: str = "Yes.") -> SimpleNamespace:
    return SimpleNamespace(question="Is it?", answer=answer, state=state)


@pytest.mark.parametrize("state", ["completed", "truncated", "abstained"])
def test_an_answer_is_told(state: str) -> None:
    assert [one.text for one in said([turn(state)])] == ["Is it?", "Yes."]


@pytest.mark.parametrize("state", ["failed", "stopped", "running"])
def test_a_part_of_one_is_not(state: str) -> None:
    assert [one.text for one in said([turn(state)])] == ["Is it?"]


def test_what_is_told_can_be_asked_with() -> None:
    told = said([turn("completed", ""), turn("completed", "x" * (MAX_MESSAGE_CHARS + 1))])
    asked = Conversation("And?", told)
    assert parse_input(asked.as_input()) == asked
    assert [len(one.text) for one in told] == [6, 6, MAX_MESSAGE_CHARS]


def test_sources_are_those_cited_once_each_with_what_is_quoted() -> None:
    documents = [
        Document("a", metadata={"source": "a.md", "title": "A", "score": 0.5}),
        Document("b", metadata={"source": "b.md", "page": 3, "chunk_id": "7", "title": None}),
        Document("c", metadata={"source": "c.md"}),
    ]
    citations = [citation(1, "x"), citation(0, "y"), citation(1, "z"), citation(1, "x")]
    assert sources_of(documents, citations) == [
        {"number": 2, "source": "b.md", "page": 3, "chunk_id": "7", "quotes": ["x", "z"]},
        {"number": 1, "source": "a.md", "title": "A", "quotes": ["y"]},
    ]


@pytest.mark.parametrize(("text", "kept"), [("a\0b", "ab"), ("\ud800 x", "? x"), ("ä 🙂", "ä 🙂")])
def test_what_databases_refuse_is_left_out(text: str, kept: str) -> None:
    assert storable(text) == kept
