"""What of a conversation the model is given: the latest, within a bound, the roles in turn."""

import pytest

from rag_stream.conversation import Turn
from rag_stream.messages import CUT
from rag_stream.pipeline.history import NOT_ANSWERED, Given, latest, messages_of
from rag_stream.text.tokens import PER_MESSAGE, tokens

TALK = [
    Turn(role, text)
    for pair in (("What is a lease?", "A contract. [1]"), ("And a loan?", "Money lent. [2][3]"))
    for role, text in zip(("user", "assistant"), pair, strict=True)
]


def cost(turns: list[Turn]) -> int:
    return sum(tokens(turn.text) + PER_MESSAGE for turn in turns)


def test_all_of_it_where_there_is_room() -> None:
    assert latest(TALK, 2_000) == latest(TALK, cost(TALK)) == Given(tuple(TALK), 0)
    assert latest([], 2_000) == Given((), 0)


def test_the_latest_whole_turns_beginning_with_a_question() -> None:
    assert latest(TALK, cost(TALK) - 1) == Given(tuple(TALK[2:]), 2)
    assert latest(TALK, cost(TALK[2:])) == Given(tuple(TALK[2:]), 2)
    assert latest(TALK, 0) == Given((), 4)
    greeted = [Turn("assistant", "Hello!"), *TALK]
    assert latest(greeted, 2_000) == Given(tuple(TALK), 1)


@pytest.mark.parametrize(
    "text", ["long answer " * 2_000, "很长的回答" * 2_000, "lange Antwort " * 999]
)
def test_of_a_last_answer_that_leaves_no_room_its_beginning(text: str) -> None:
    talk = [*TALK, Turn("user", "And?"), Turn("assistant", text)]
    turns, dropped = latest(talk, 200)
    assert dropped == len(TALK)
    assert turns[0] == talk[-2]
    assert turns[1].text.endswith(CUT)
    assert text.startswith(turns[1].text.removesuffix(CUT))
    assert 150 < cost(list(turns)) <= 200
    assert latest([Turn("user", text)], 200) == Given((), 1)


def test_roles_come_in_turn_and_numbers_of_other_documents_do_not() -> None:
    said = messages_of([TALK[0], *TALK[2:], TALK[0]], with_numbers=False)
    assert [message.type for message in said] == ["human", "ai"] * 3
    assert [message.content for message in said] == [
        "What is a lease?",
        NOT_ANSWERED,
        "And a loan?",
        "Money lent.",
        "What is a lease?",
        NOT_ANSWERED,
    ]
    (_, answer) = messages_of(TALK[2:], with_numbers=True)
    assert answer.content == "Money lent. [2][3]"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("One. [1] Two [2][3], three\u3010\u0034\u3011.", "One. Two, three."),
        ("冬季[1]。夏季 [2]。", "冬季。夏季。"),
        ("Take `a[1]`, and stop. [1]", "Take `a[1]`, and stop."),
        ("See [the page]. [1]", "See [the page]."),
    ],
)
def test_numbers_of_earlier_answers_are_taken_out(text: str, plain: str) -> None:
    turns = [TALK[0], Turn("assistant", text)]
    assert messages_of(turns, with_numbers=False)[1].content == plain


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a", 1),
        ("word " * 40, 50),
        ("猫" * 10, 10),
        ("жук" * 10, 10),
        ("नमक" * 4, 6),
        ("🙂", 2),
    ],
)
def test_tokens_are_counted_by_script(text: str, count: int) -> None:
    assert tokens(text) == count
