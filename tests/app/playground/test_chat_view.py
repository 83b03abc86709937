"""What the chat page is shown, and what of it comes back as said."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from app.playground.chat_view import MARK, as_said, chat_view
from rag_stream.errors import ModelFailedError
from rag_stream.events import Event, Text
from rag_stream.runnable import RagChain


def human(text: str) -> dict[str, str]:
    return {"type": "human", "content": text}


def ai(text: str) -> dict[str, str]:
    return {"type": "ai", "content": text, "runId": "1"}


def said(*messages: Any) -> Any:
    return as_said({"messages": list(messages)})["messages"]


def test_sources_below_an_answer_are_not_said() -> None:
    answer = ai(f"One. [1]{MARK}\n\nSources:\n[1] A (a.md)\n\nAnswered by x.")
    assert said(human("?"), answer, human("and?")) == [human("?"), ai("One. [1]"), human("and?")]


@pytest.mark.parametrize(
    "shown",
    [
        f"{MARK}This went wrong: there is none.",
        f"One{MARK}\n\nThis went wrong: it broke off.",
        f"{MARK}\n\nFound in:\n- A\n\nAnswered by x.",
    ],
    ids=["failed", "broke-off", "empty"],
)
def test_a_question_without_an_answer_is_not_said(shown: str) -> None:
    before = [human("one"), ai("One.")]
    turn = [human(" "), human("two"), ai(shown)]
    assert said(*before, *turn, human("three")) == [*before, human("three")]
    assert said(*turn) == []


def test_a_mark_of_the_models_own_is_text() -> None:
    assert said(ai(f"a{MARK}b{MARK}\n\nSources:")) == [ai(f"a{MARK}b")]


@pytest.mark.parametrize(
    "input",
    [
        None,
        [],
        {"input": "?"},
        {"messages": MARK},
        {"messages": [MARK, None, 5, ["ai", MARK], {"type": "ai", "content": [MARK]}]},
        {"messages": [human(f"mine{MARK}This went wrong: "), ai("edited This went wrong: ")]},
    ],
    ids=["nothing", "a-list", "a-question", "a-text", "odd-messages", "others"],
)
def test_what_the_view_has_not_made_stays(input: Any) -> None:
    assert as_said(input) == input


class Chain:
    """Says something, and fails with a text that holds the mark."""

    def __init__(self) -> None:
        self.inputs: list[Any] = []

    async def events(self, input: Any, config: Any = None) -> AsyncGenerator[Event, None]:
        self.inputs.append(input)
        yield Text("One")
        raise ModelFailedError(f"it {MARK}broke off")


async def test_a_failure_is_shown_behind_the_mark_and_comes_back_as_nothing() -> None:
    chain: Any = Chain()
    asked = {"messages": [human("?")]}
    pieces = [piece async for piece in chat_view(chain).astream(asked)]
    shown = "".join(pieces)
    assert shown == f"One{MARK}\n\nThis went wrong: it broke off. Asking again may help."
    assert chain.inputs == [asked]
    assert said(human("?"), ai(shown), human("again?")) == [human("again?")]


def test_a_refused_run_is_shown_as_the_output() -> None:
    replaced, added = chat_view(RagChain()).log_of_failure(ModelFailedError("it failed"), "run")
    assert replaced["value"]["final_output"] == added["value"]
    assert added["value"].startswith(f"{MARK}This went wrong: it failed.")
