"""Two searches for a question between which the index changes."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any, cast

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage

from rag_stream.answer_piece import AnswerPiece
from rag_stream.errors import IndexUnavailableError
from rag_stream.events import Reworded
from rag_stream.models.lazy import Lazy
from rag_stream.models.wire import Wire
from rag_stream.options import options_of
from rag_stream.pipeline.runtime import Runtime
from rag_stream.pipeline.searches import Searched, search
from rag_stream.retrieval.retriever import Retrieved, Retriever
from rag_stream.settings import Settings
from tests.support.corpus import STREAM, TASK, TEXTS, fill
from tests.support.rebuilt import run
from tests.support.retrieval import opened

QUESTION = f"{TASK} Or what else?"
WORDS = "Streaming sends each token of an answer to the reader as soon as it exists, or later."
THRESHOLD = 0.79
"""Both are a little above it, the question's 0.807 more than the 0.796 of the words."""

Change = Callable[[], Awaitable[Any]]


class Changing:
    """A model that says these words when the index has been changed."""

    def __init__(self, words: str, change: Change) -> None:
        self._words = words
        self._change = change

    async def pieces(self, messages: list[BaseMessage]) -> AsyncGenerator[AnswerPiece, None]:
        await self._change()
        yield AnswerPiece(self._words)


class Busy:
    """A retriever before whose searches something happens."""

    def __init__(self, retriever: Any, *before: Change | None) -> None:
        self._retriever = retriever
        self._before = list(before)

    async def retrieve(self, *question: Any) -> Retrieved:
        change = self._before.pop(0)
        if change is not None:
            await change()
        found: Retrieved = await self._retriever.retrieve(*question)
        return found


async def searched(runtime: Runtime, change: Change, **chosen: Any) -> Searched:
    model = Lazy(lambda: cast(BaseChatModel, Changing(WORDS, change)))
    wire = Wire(has_short_way=True)
    runtime.chat_models.use(replace(runtime.model, lazy=model, wire=wire))
    options = options_of(runtime.settings, {"k": 1, **chosen})
    done = await search(runtime, QUESTION, options, None)
    assert done.asked == Reworded(WORDS, "model")
    return done


def texts(done: Searched) -> list[str]:
    return [document.page_content for document in done.found.documents]


@pytest.fixture
async def runtime(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Runtime]:
    monkeypatch.setattr("rag_stream.index.reader.RECENT_S", -1.0)  # each search looks anew
    await fill(settings)
    async with opened(settings, abstain_below=THRESHOLD) as runtime:
        await runtime.catch_up()
        yield runtime


async def nothing() -> None:
    pass


@pytest.mark.parametrize("search_type", ["hybrid", "dense"])
@pytest.mark.parametrize("what", ["nothing", "another source", "a rebuild"])
async def test_the_better_of_both_is_in_front_whatever_has_changed(
    settings: Settings, runtime: Runtime, what: str, search_type: str
) -> None:
    changes: dict[str, Change] = {
        "nothing": nothing,
        "another source": partial(fill, settings, ["Lamps are red."], source="other.md"),
        "a rebuild": partial(run, settings),
    }
    done = await searched(runtime, changes[what], search_type=search_type)
    assert texts(done) == [TASK]
    assert done.relevance.score == pytest.approx(0.8066, abs=0.001)
    assert done.found.generation == (1 if what == "nothing" else 2)
    both = await searched(runtime, nothing, k=2)
    assert texts(both) == [TASK, STREAM]


async def test_what_is_gone_meanwhile_is_answered_from_no_more(
    settings: Settings, runtime: Runtime
) -> None:
    done = await searched(runtime, partial(fill, settings, TEXTS[1:]), k=50)
    assert TASK not in texts(done)
    assert texts(done)[0] == STREAM
    assert done.found.generation == 2


async def test_changed_once_again_the_better_one_is_taken_alone(
    settings: Settings, runtime: Runtime
) -> None:
    again = partial(fill, settings, ["Lamps are green."], source="other.md")
    runtime.retriever = cast(Retriever, Busy(runtime.retriever, None, None, again))
    change = partial(fill, settings, ["Lamps are red."], source="other.md")
    done = await searched(runtime, change, k=50)
    assert done.found.generation == 3
    assert {document.metadata["source"] for document in done.found.documents} == {
        "notes.md",
        "other.md",
    }
    assert "Lamps are red." not in texts(done)
    assert done.relevance.score == pytest.approx(0.8066, abs=0.001)


async def test_where_the_index_is_away_then_the_second_is_taken_alone(
    settings: Settings, runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    async def away() -> None:
        raise IndexUnavailableError("the index server does not answer")

    runtime.retriever = cast(Retriever, Busy(runtime.retriever, None, None, away))
    change = partial(fill, settings, ["Lamps are red."], source="other.md")
    done = await searched(runtime, change)
    assert texts(done) == [STREAM]
    assert done.relevance.score == pytest.approx(0.7957, abs=0.001)
    assert "could not be done again" in caplog.text
