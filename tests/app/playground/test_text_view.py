"""The text that the playground shows for an answer."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any

from langchain_core.documents import Document

from app.playground.text_view import TextView
from rag_stream.errors import ModelFailedError
from rag_stream.events import Accepted, Asked, Cited, Event, Finished, Found, Reworded, Text
from rag_stream.runnable import RagChain
from rag_stream.schema import Citation, Relevance, Status


def document(source: str, title: str) -> Document:
    return Document("text", metadata={"source": source, "title": title})


def status(**changes: Any) -> Finished:
    given = {"state": "completed", "model": "local:extractive", **changes}
    rest = {"finish_reason": "stop", "run_id": "1", "usage": None, "timings_ms": {}}
    relevance = Relevance(score=None, threshold=None, basis="off")
    return Finished(
        Status(**given, **rest, index_generation=1, search_type="dense", relevance=relevance)
    )


CONTEXT = Found([document("a.md", "First"), document("b.md", "b.md"), document("a.md", "First")])
ANSWER = [Text("One "), Text("two.")]


class Chain:
    """Gives events in place of an answer, then fails if it is to."""

    def __init__(self, events: Sequence[Event], error: Exception | None = None) -> None:
        self._events = events
        self._error = error

    async def events(self, input: Any, config: Any = None) -> AsyncGenerator[Event, None]:
        for event in self._events:
            yield event
        if self._error is not None:
            raise self._error


async def shown(*events: Event, error: Exception | None = None) -> list[str]:
    view = TextView(Chain(events, error))
    return [piece async for piece in view.astream({"input": "?"})]


def citation(document: int, quote: str) -> Cited:
    places = dict.fromkeys(("answer_start", "answer_end", "quote_start", "quote_end"), 0)
    marker = document + 1
    return Cited([Citation(marker=marker, document=document, quote=quote, support=1.0, **places)])


async def test_shows_the_answer_piece_by_piece_then_each_source_once() -> None:
    pieces = await shown(Asked("?"), CONTEXT, Accepted(), *ANSWER, status())
    assert pieces[:2] == ["One ", "two."]
    assert "".join(pieces) == (
        "One two.\n\nFound in:\n- First (a.md)\n- b.md\n\nAnswered by local:extractive."
    )


async def test_shows_what_is_quoted_under_the_markers_of_the_answer() -> None:
    cited = [citation(2, "third\n  quote"), citation(0, "a"), citation(2, "b"), citation(0, "a")]
    pieces = await shown(CONTEXT, ANSWER[0], *cited, ANSWER[1], status())
    assert "".join(pieces) == (
        'One two.\n\nSources:\n[1] First (a.md)\n    "a"\n'
        '[3] First (a.md)\n    "third quote"\n    "b"\n\nAnswered by local:extractive.'
    )


async def test_shows_what_is_nearest_where_there_is_no_answer() -> None:
    pieces = await shown(CONTEXT, Text("Nothing."), status(state="abstained"))
    assert "".join(pieces) == "Nothing.\n\nNearest sources:\n- First (a.md)\n- b.md"


async def test_says_in_what_words_it_was_searched_for() -> None:
    pieces = await shown(Asked("?"), Reworded("wages, salary"), CONTEXT, *ANSWER, status())
    assert pieces[-1].endswith("\nSearched for, too: wages, salary")
    refused = [Text("Nothing."), Cited([]), status(state="abstained")]
    pieces = await shown(Asked("?"), Reworded("wages, salary"), CONTEXT, *refused)
    assert pieces[-1].endswith("\nSearched for, too: wages, salary")


async def test_says_when_an_answer_is_incomplete() -> None:
    pieces = await shown(CONTEXT, *ANSWER, status(state="truncated"))
    assert pieces[-1].endswith("The answer is incomplete: the model stopped at its length limit.")


async def test_tells_a_failure_in_words_after_what_was_there() -> None:
    error = ModelFailedError("the chat model 'openai:x' failed (status 500)")
    pieces = await shown(CONTEXT, ANSWER[0], error=error)
    assert "".join(pieces) == (
        "One \n\nThis went wrong: the chat model 'openai:x' failed (status 500)."
        " Asking again may help."
    )


async def test_tells_nothing_of_an_internal_error() -> None:
    pieces = await shown(error=ZeroDivisionError("secret"))
    assert "secret" not in "".join(pieces)
    assert "Internal error" in "".join(pieces)


async def test_tells_of_a_bad_question() -> None:
    pieces = [piece async for piece in TextView(RagChain()).astream({"input": " "})]
    assert "expected a question, got an empty string" in "".join(pieces)
