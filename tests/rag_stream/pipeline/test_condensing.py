"""A question made to stand by itself by a model: what is taken of what it says."""

from collections.abc import AsyncGenerator

import pytest
from langchain_core.messages import BaseMessage

from rag_stream.answer_piece import AnswerPiece
from rag_stream.conversation import Turn
from rag_stream.pipeline.condensing import condense, is_wanted, keeps
from rag_stream.settings import Settings

HISTORY = (Turn("user", "What does Anna pay in Berlin?"), Turn("assistant", "900 euros in 2023."))


def says(text: str, seen: list[BaseMessage] | None = None) -> object:
    async def ask(messages: list[BaseMessage]) -> AsyncGenerator[AnswerPiece, None]:
        if seen is not None:
            seen.extend(messages)
        yield AnswerPiece(text)

    return ask


async def test_it_is_asked_with_what_was_said() -> None:
    seen: list[BaseMessage] = []
    ask = says("What does Anna pay in Munich?\n", seen)
    assert await condense(ask, "And in Munich?", HISTORY, 30) == "What does Anna pay in Munich?"  # type: ignore[arg-type]
    assert [message.type for message in seen] == ["system", "human"]
    for turn in HISTORY:
        assert turn.text in str(seen[1].content)
    assert str(seen[1].content).endswith("And in Munich?")


@pytest.mark.parametrize("said", ["", "...", "and in munich?", "Was zahlt Anna in München dafür?"])
async def test_nothing_else_is_taken(said: str) -> None:
    assert await condense(says(said), "And in Munich?", HISTORY, 30) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "words", "kept"),
    [
        ("And in Munich?", "What does Anna pay in Munich?", True),
        ("And in Munich?", "What does Anna pay in Berlin?", False),
        ("And in 2024?", "What did Anna pay in Berlin in 2024?", True),
        ("And in 2024?", "What did Anna pay in Berlin?", False),
        ("And before?", "What did Anna pay before 2023?", True),
        ("And before?", "What did Anna pay before 1999?", False),
        ("Does the iPhone have it?", "Does the phone have a radio?", False),
        ("Munich?", "What does Anna pay in Berlin?", False),
        ("And that?", "Was zahlt Anna in Berlin für die Wohnung?", False),
        ("Und im Winter?", "Was zahlt Anna im Winter für die Wohnung?", True),
        ("Und im Winter?", "What does Anna pay for the flat in winter?", False),
        ("那么冬天呢?", "安娜冬天付多少钱?", True),
        ("那么冬天呢?", "What does Anna pay in winter?", False),
        ("那么 iPhone 呢?", "安娜的手机多少钱?", False),
    ],
)
def test_language_names_and_numbers_stay(question: str, words: str, kept: bool) -> None:
    assert keeps(words, question, HISTORY) is kept


@pytest.mark.parametrize(
    ("condense", "of_leaning", "of_others"),
    [("auto", True, False), ("always", True, True), ("off", False, False)],
)
def test_when_it_is_wanted(
    settings: Settings, condense: str, of_leaning: bool, of_others: bool
) -> None:
    chosen = settings.model_copy(update={"condense": condense})
    assert is_wanted(chosen, is_leaning=True) is of_leaning
    assert is_wanted(chosen, is_leaning=False) is of_others
