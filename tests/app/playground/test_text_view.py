"""The text that the playground shows for an answer."""

from langchain_core.documents import Document

from app.playground.text_view import TextView
from rag_stream.errors import ModelFailedError
from rag_stream.events import Accepted, Asked, Cited, Event, Found, Reworded, Suggested, Text
from rag_stream.runnable import RagChain
from tests.support.told_events import ToldEvents, citation, finished


def document(source: str, title: str) -> Document:
    return Document("text", metadata={"source": source, "title": title})


LOCAL = "local:extractive"
CONTEXT = Found([document("a.md", "First"), document("b.md", "b.md"), document("a.md", "First")])
ANSWER = [Text("One "), Text("two.")]


async def shown(*events: Event | Exception) -> list[str]:
    view = TextView(ToldEvents(*events))
    return [piece async for piece in view.astream({"input": "?"})]


async def test_shows_the_answer_piece_by_piece_then_each_source_once() -> None:
    pieces = await shown(Asked("?"), CONTEXT, Accepted(), *ANSWER, finished(model=LOCAL))
    assert pieces[:2] == ["One ", "two."]
    assert "".join(pieces) == (
        "One two.\n\nFound in:\n- First (a.md)\n- b.md\n\nAnswered by local:extractive."
    )


async def test_shows_what_is_quoted_under_the_markers_of_the_answer() -> None:
    cited = [
        Cited([citation(2, "third\n  quote")]),
        Cited([citation(0, "a")]),
        Cited([citation(2, "b")]),
        Cited([citation(0, "a")]),
    ]
    pieces = await shown(CONTEXT, ANSWER[0], *cited, ANSWER[1], finished(model=LOCAL))
    assert "".join(pieces) == (
        'One two.\n\nSources:\n[1] First (a.md)\n    "a"\n'
        '[3] First (a.md)\n    "third quote"\n    "b"\n\nAnswered by local:extractive.'
    )


async def test_shows_the_place_of_a_quote_without_the_title_above_it() -> None:
    sections = ["First", "First > Deeper > Down", "Firstly", ""]
    found = Found([document("a.md", "First") for _ in sections])
    for one, section in zip(found.documents, sections, strict=True):
        one.metadata["section"] = section
    cited = Cited([citation(number, "q") for number in range(4)])
    pieces = await shown(found, ANSWER[0], cited, finished(model=LOCAL))
    lines = [line for line in pieces[-1].splitlines() if line.startswith("[")]
    named = "First (a.md)"
    expected = [named, f"{named}, Deeper > Down", f"{named}, Firstly", named]
    assert lines == [f"[{number}] {line}" for number, line in enumerate(expected, 1)]


async def test_says_nothing_of_sources_where_nothing_was_searched_for() -> None:
    pieces = await shown(Asked("hi"), Found([]), Text("Hello."), finished(model=LOCAL))
    assert "".join(pieces) == "Hello.\n\nAnswered by local:extractive."


async def test_shows_what_is_nearest_where_there_is_no_answer() -> None:
    pieces = await shown(CONTEXT, Text("Nothing."), finished(state="abstained"))
    assert "".join(pieces) == "Nothing.\n\nNearest sources:\n- First (a.md)\n- b.md"


async def test_says_in_what_words_it_was_searched_for() -> None:
    pieces = await shown(
        Asked("?"), Reworded("wages, salary"), CONTEXT, *ANSWER, finished(model=LOCAL)
    )
    assert pieces[-1].endswith("\nSearched for, too: wages, salary")
    refused = [Text("Nothing."), Cited([]), finished(state="abstained")]
    pieces = await shown(Asked("?"), Reworded("wages, salary"), CONTEXT, *refused)
    assert pieces[-1].endswith("\nSearched for, too: wages, salary")


async def test_shows_what_may_be_asked_next() -> None:
    pieces = await shown(CONTEXT, *ANSWER, Suggested(["Why?", "And then?"]), finished())
    assert "\n- b.md\n\nMay be asked next:\n- Why?\n- And then?\n\nAnswered by" in pieces[-1]


async def test_says_when_an_answer_is_incomplete() -> None:
    pieces = await shown(CONTEXT, *ANSWER, finished(state="truncated"))
    assert pieces[-1].endswith("The answer is incomplete: the model stopped at its length limit.")


async def test_tells_a_failure_in_words_after_what_was_there() -> None:
    error = ModelFailedError("the chat model 'openai:x' failed (status 500)")
    pieces = await shown(CONTEXT, ANSWER[0], error)
    assert "".join(pieces) == (
        "One \n\nThis went wrong: the chat model 'openai:x' failed (status 500)."
        " Asking again may help."
    )


async def test_tells_nothing_of_an_internal_error() -> None:
    pieces = await shown(ZeroDivisionError("secret"))
    assert "secret" not in "".join(pieces)
    assert "Internal error" in "".join(pieces)


async def test_tells_of_a_bad_question() -> None:
    pieces = [piece async for piece in TextView(RagChain()).astream({"input": " "})]
    assert "expected a question, got an empty string" in "".join(pieces)
