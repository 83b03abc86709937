"""Events as the dicts that LangChain streams."""

from typing import get_args

import pytest
from langchain_core.documents import Document

from rag_stream.chunks import chunk_of, is_of_answer
from rag_stream.events import (
    Accepted,
    Asked,
    Cited,
    Ended,
    Event,
    Finished,
    Found,
    Reworded,
    Suggested,
    Text,
)
from tests.support.told_events import finished

EACH: dict[type, tuple[Event, str, bool]] = {
    Asked: (Asked("Why?"), "input", False),
    Reworded: (Reworded("Wherefore?"), "question", False),
    Found: (Found([Document("x")]), "context", False),
    Accepted: (Accepted(), "answer", True),
    Text: (Text("One"), "answer", True),
    Cited: (Cited([]), "citations", False),
    Suggested: (Suggested(["And then?"]), "suggestions", False),
    Finished: (finished(), "status", False),
}


@pytest.mark.parametrize("kind", [kind for kind in get_args(Event) if kind is not Ended])
def test_every_event_is_a_chunk_of_one_key(kind: type) -> None:
    event, key, is_answer = EACH[kind]
    chunk = chunk_of(event)
    assert list(chunk) == [key]
    assert is_of_answer(chunk) is is_answer


def test_that_the_answer_is_whole_is_nothing_to_read() -> None:
    chunk = chunk_of(Ended(finished().status))
    assert (chunk, is_of_answer(chunk)) == ({}, False)


def test_chunks_add_up_to_the_answer() -> None:
    events = [Asked("Why?"), Accepted(), Text("One"), Text(" two"), Cited([]), finished()]
    whole = sum((chunk_of(event) for event in events[1:]), chunk_of(events[0]))
    assert whole["answer"] == "One two"
    assert whole["status"]["run_id"] == "r"
    assert "nearest" not in whole["status"]


def test_what_a_page_shows_is_of_the_answer() -> None:
    assert is_of_answer("This went wrong")
