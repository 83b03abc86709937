"""The text that the playground shows for a stream of chunks."""

from collections.abc import AsyncIterator
from typing import Any

from langchain_core.documents import Document
from langchain_core.runnables import RunnableGenerator
from langchain_core.runnables.utils import AddableDict

from app.playground.text_view import TextView
from rag_stream.errors import ModelFailedError
from rag_stream.runnable import RagChain


def document(source: str, title: str) -> Document:
    return Document("text", metadata={"source": source, "title": title})


def status(**changes: Any) -> AddableDict:
    return AddableDict(status={"state": "completed", "model": "local:extractive", **changes})


CONTEXT = AddableDict(
    context=[
        document("a.md", "First"),
        document("b.md", "b.md"),
        document("a.md", "First"),
    ]
)
ANSWER = [AddableDict(answer="One "), AddableDict(answer=""), AddableDict(answer="two.")]


async def shown(*chunks: AddableDict, error: Exception | None = None) -> list[str]:
    async def chain(inputs: AsyncIterator[Any]) -> AsyncIterator[AddableDict]:
        async for _ in inputs:
            for chunk in chunks:
                yield chunk
            if error is not None:
                raise error

    view = TextView(RunnableGenerator(chain))
    return [piece async for piece in view.astream({"input": "?"})]


def citation(document: int, quote: str) -> AddableDict:
    return AddableDict(citations=[{"document": document, "quote": quote}])


async def test_shows_the_answer_piece_by_piece_then_each_source_once() -> None:
    pieces = await shown(AddableDict(input="?"), CONTEXT, *ANSWER, status())
    assert pieces[:2] == ["One ", "two."]
    assert "".join(pieces) == (
        "One two.\n\nFound in:\n- First (a.md)\n- b.md\n\nAnswered by local:extractive."
    )


async def test_shows_what_is_quoted_under_the_markers_of_the_answer() -> None:
    cited = [citation(2, "third\n  quote"), citation(0, "a"), citation(2, "b"), citation(0, "a")]
    pieces = await shown(CONTEXT, ANSWER[0], *cited, ANSWER[2], status())
    assert "".join(pieces) == (
        'One two.\n\nSources:\n[1] First (a.md)\n    "a"\n'
        '[3] First (a.md)\n    "third quote"\n    "b"\n\nAnswered by local:extractive.'
    )


async def test_shows_what_is_nearest_where_there_is_no_answer() -> None:
    pieces = await shown(CONTEXT, AddableDict(answer="Nothing."), status(state="abstained"))
    assert "".join(pieces) == "Nothing.\n\nNearest sources:\n- First (a.md)\n- b.md"


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
