"""Conversations in the forms that clients send, and what is wrong with others."""

import json
from typing import Any

import pytest
from langchain_core.load import dumpd
from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    ChatMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
    messages_to_dict,
)

from rag_stream.conversation import MAX_MESSAGES, Conversation, Turn, parse_input, parse_messages
from rag_stream.errors import InvalidInputError
from rag_stream.messages import CUT, MAX_MESSAGE_CHARS, MAX_PARTS, beginning

ASKED, SAID, THEN = "Wie lang ist die Kündigungsfrist?", "Ein Monat.", "那么冬天呢"
EXPECTED = Conversation(THEN, (Turn("user", ASKED), Turn("assistant", SAID)), "Be kind.")
MESSAGES: list[BaseMessage] = [
    SystemMessage("Be kind."),
    HumanMessage(ASKED),
    AIMessage(SAID),
    HumanMessage(THEN),
]
OPENAI = [
    {"role": "system", "content": "Be kind."},
    {"role": "user", "content": ASKED},
    {"role": "assistant", "content": SAID, "refusal": None, "annotations": []},
    {"role": "user", "content": [{"type": "text", "text": THEN}]},
]
FORMS: dict[str, list[Any]] = {
    "messages": MESSAGES,
    "openai": OPENAI,
    "developer": [{"role": "developer", "content": "Be kind."}, *OPENAI[1:]],
    "langserve": [{"type": m.type, "content": m.content, "name": None} for m in MESSAGES],
    "dumps": [json.loads(json.dumps(dumpd(message))) for message in MESSAGES],
    "to_dict": messages_to_dict(MESSAGES),
    "pairs": [("system", "Be kind."), ("human", ASKED), ["ai", SAID], ["user", THEN]],
    "chat": [MESSAGES[0], ChatMessage(ASKED, role="user"), MESSAGES[2], MESSAGES[3]],
    "parts": [OPENAI[0], {"type": "human", "content": [ASKED]}, *OPENAI[2:]],
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_messages(form: str) -> None:
    messages = FORMS[form]
    assert parse_input({"messages": messages}) == EXPECTED
    assert parse_messages(tuple(messages)) == EXPECTED
    assert parse_input({"input": THEN, "chat_history": messages[:-1]}) == EXPECTED


@pytest.mark.parametrize(
    "value",
    [
        {"input": THEN},
        {"input": THEN, "chat_history": []},
        {"messages": [{"role": "user", "content": THEN}]},
    ],
)
def test_a_first_question_has_no_history(value: Any) -> None:
    conversation = parse_input(value)
    assert conversation == Conversation(THEN)
    assert conversation.as_input() == {"input": THEN}


def test_what_it_is_read_from_says_the_same() -> None:
    assert parse_input(EXPECTED.as_input()) == EXPECTED
    alone = Conversation(THEN, (), "Be kind.")
    assert parse_input(alone.as_input()) == alone


def test_questions_without_an_answer_and_a_greeting_at_the_start_are_taken() -> None:
    history = [SAID, ASKED, THEN]
    messages = [
        {"role": role, "content": text}
        for role, text in zip(["assistant", "user", "user"], history, strict=True)
    ]
    assert [turn.text for turn in parse_messages(messages).history] == history[:2]
    assert [
        turn.text for turn in parse_input({"input": "?!a", "chat_history": messages}).history
    ] == history


NOTHING = [
    {"role": "assistant", "content": ""},
    {"role": "assistant", "content": None},
    {"role": "assistant"},
    {"role": "assistant", "content": " \n", "tool_calls": []},
    {"role": "assistant", "content": [{"type": "text", "text": ""}]},
    {"type": "ai", "content": []},
    AIMessage(""),
    dumpd(AIMessage("")),
    messages_to_dict([AIMessage("")])[0],
    ("ai", ""),
]


@pytest.mark.parametrize("number", range(len(NOTHING)))
def test_an_answer_of_no_words_was_none(number: int) -> None:
    silent, asked = NOTHING[number], {"role": "user", "content": ASKED}
    said, then = {"role": "assistant", "content": SAID}, {"role": "user", "content": THEN}
    questions = (Turn("user", ASKED), Turn("user", ASKED))
    assert parse_messages([asked, silent, asked, silent, then]).history == questions
    answered = (Turn("user", ASKED), Turn("assistant", SAID))
    assert parse_messages([asked, silent, said, silent, then]).history == answered
    assert parse_messages([silent, then]) == Conversation(THEN)
    history = {"input": THEN, "chat_history": [asked, said, silent]}
    assert parse_input(history).history == answered
    with pytest.raises(InvalidInputError, match="^messages.1.role: expected the user's message at"):
        parse_messages([asked, silent])
    with pytest.raises(InvalidInputError, match="^messages.2.role: expected system messages"):
        parse_messages([asked, silent, {"role": "system", "content": "s"}, then])


LONG_ANSWER = "Ein Monat. " * 60_000
LONG_FORMS: list[Any] = [
    {"role": "assistant", "content": LONG_ANSWER},
    {"role": "assistant", "content": [{"type": "text", "text": LONG_ANSWER}]},
    AIMessage(LONG_ANSWER),
    ("ai", LONG_ANSWER),
]


@pytest.mark.parametrize("number", range(len(LONG_FORMS)))
def test_of_an_answer_of_any_length_the_beginning_is_read(number: int) -> None:
    messages = [("human", ASKED), LONG_FORMS[number]]
    asked, answered = parse_messages([*messages, ("human", THEN)]).history
    assert asked == Turn("user", ASKED)
    assert MAX_MESSAGE_CHARS - 20 < len(answered.text) <= MAX_MESSAGE_CHARS
    assert LONG_ANSWER.startswith(answered.text.removesuffix(CUT))
    assert answered.text.endswith(CUT)
    again = parse_input({"input": THEN, "chat_history": messages})
    assert again.history == (asked, answered)
    assert parse_input(again.as_input()) == again


def test_one_that_is_just_short_enough_is_read_whole() -> None:
    assert beginning("x" * MAX_MESSAGE_CHARS) == "x" * MAX_MESSAGE_CHARS
    assert beginning("x" * (MAX_MESSAGE_CHARS + 1)).endswith(f"x{CUT}")


def test_parts_of_text_are_joined() -> None:
    parts = [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]
    assert parse_messages([{"role": "user", "content": parts}]).question == "one\ntwo"


USER, ASSISTANT = {"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}
SYSTEM = {"role": "system", "content": "s"}
CALL = {"name": "f", "args": {}, "id": "1"}
ROLES = "expected 'user', 'assistant' or 'system', got"
BAD: list[tuple[Any, str]] = [
    # Roles out of order.
    ([USER, ASSISTANT], "messages.1.role: expected the user's message at the end, got the assist"),
    ([USER, ASSISTANT, ASSISTANT, USER], "messages.2.role: expected the user's message after the"),
    ([USER, SYSTEM, USER], "messages.1.role: expected system messages before all others, got one"),
    ([SYSTEM], "messages.0.role: expected the user's message at the end, got the system's"),
    ([USER, {**ASSISTANT, "content": ""}, ASSISTANT, ASSISTANT, USER], "messages.3.role: expected"),
    # Nothing, and too much.
    ([{"role": "system", "content": ""}, USER], "messages.0.content: expected text, got an empty"),
    ([{"role": "system"}, USER], "messages.0.content: expected text, got nothing"),
    (
        [USER, {"role": "assistant", "content": "", "tool_calls": [CALL]}, USER],
        "messages.1.tool_calls: expected none beside an empty text, got [{'args': {}, 'id'",
    ),
    ([AIMessage("", tool_calls=[CALL]), USER], "messages.0.tool_calls: expected none beside an"),
    (
        [dumpd(AIMessage("", tool_calls=[CALL])), USER],
        "messages.0.tool_calls: expected none beside an",
    ),
    ([], "messages: expected the user's message at the end, got none"),
    ([{"role": "user", "content": ""}], "messages.0.content: expected text, got an empty string"),
    ([{"role": "user", "content": " \n"}], "messages.0.content: expected text, got an empty"),
    ([{"role": "user", "content": []}], "messages.0.content: expected text, got an empty string"),
    ([{"role": "user"}], "messages.0.content: expected text, got nothing"),
    ([{"role": "user", "content": None}], "messages.0.content: expected text, got nothing"),
    ([USER, ASSISTANT] * 500, f"messages: expected at most {MAX_MESSAGES} messages, got 1000"),
    (
        [{"role": "user", "content": "x" * 1_000_000}, ASSISTANT, USER],
        f"messages.0.content: expected at most {MAX_MESSAGE_CHARS} characters, got 1000000",
    ),
    (
        [{"role": "user", "content": "x" * 10_001}],
        "messages.0.content: expected at most 10000 characters, got 10001",
    ),
    (
        [{"role": "system", "content": "x" * 8_001}, USER],
        "messages.0.content: expected at most 8000 characters of system messages, got 8001",
    ),
    (
        [{"role": "user", "content": ["x"] * (MAX_PARTS + 1)}],
        f"messages.0.content: expected at most {MAX_PARTS} parts, got {MAX_PARTS + 1}",
    ),
    # What is no text.
    (
        [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:"}}]}],
        "messages.0.content.0.type: expected 'text' (no images or files), got 'image_url'",
    ),
    (
        [{"role": "user", "content": ["a", {"type": "file"}]}],
        "messages.0.content.1.type: expected 'text' (no images or files), got 'file'",
    ),
    (
        [{"role": "user", "content": [{"type": "text"}]}],
        "messages.0.content.0.text: expected text, got nothing",
    ),
    ([{"role": "user", "content": [7]}], "messages.0.content.0.type: expected 'text'"),
    ([{"role": "user", "content": {"a": 1}}], "messages.0.content: expected text, got {'a': 1}"),
    ([{"role": "user", "content": 7}], "messages.0.content: expected text, got 7"),
    ([{"role": "user", "content": "a\ud800"}], "messages.0.content: expected text, got half of a"),
    # Odd types.
    ([{"role": "tool", "content": "a"}], f"messages.0.role: {ROLES} 'tool'"),
    ([ToolMessage("a", tool_call_id="1")], f"messages.0.type: {ROLES} 'tool'"),
    ([{"type": "remove", "content": "a"}], f"messages.0.type: {ROLES} 'remove'"),
    ([{"type": ["human"], "content": "a"}], f"messages.0.type: {ROLES} ['human']"),
    ([{"role": 7, "content": "a"}], f"messages.0.role: {ROLES} 7"),
    ([{"content": "a"}], f"messages.0.role: {ROLES} nothing"),
    ([{}], f"messages.0.role: {ROLES} nothing"),
    ([{"type": "constructor", "id": [], "kwargs": {}}], f"messages.0.id: {ROLES} nothing"),
    ([{"type": "human", "data": {"content": 1}}], "messages.0.content: expected text, got 1"),
    ([("human", "a", "b")], 'messages.0: expected a message {"role": "user", "content": "..."}'),
    ([USER, "hello"], "messages.1: expected a message"),
    ([None], "messages.0: expected a message"),
    ("hello", "messages: expected a list of messages, got 'hello'"),
    (None, "messages: expected a list of messages, got nothing"),
    ({"0": USER}, "messages: expected a list of messages, got {'0'"),
    (7, "messages: expected a list of messages, got 7"),
]


@pytest.mark.parametrize("number", range(len(BAD)))
def test_what_is_wrong_is_named(number: int) -> None:
    messages, complaint = BAD[number]
    with pytest.raises(InvalidInputError) as failure:
        parse_input({"messages": messages})
    assert str(failure.value).startswith(complaint)
    assert len(str(failure.value)) < 250


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ({"messages": [USER], "input": "a"}, "input: expected nothing beside 'messages', got 'a'"),
        ({"input": "", "chat_history": []}, "input: expected a question, got an empty string"),
        ({"input": "x" * 10_001, "chat_history": []}, "input: expected at most 10000 characters"),
        ({"chat_history": [USER]}, "input: expected a question, got nothing"),
        ({"input": [USER], "chat_history": []}, "input: expected a string, got list"),
        ({"input": "a", "history": []}, "history: no such field, expected only 'input' and 'chat"),
        (
            {"input": "a", "chat_history": [USER], "k": 1},
            "k: no such field, expected only 'input' and 'chat_history'",
        ),
        ({"input": "a", "chat_history": None}, "chat_history: expected a list of messages, got no"),
        ({"input": "a", "chat_history": "b"}, "chat_history: expected a list of messages, got 'b'"),
        (
            {"input": "a", "chat_history": [ASSISTANT, ASSISTANT]},
            "chat_history.1.role: expected the user's message after the assistant's",
        ),
        ([USER], 'expected a dict {"input": "your question"}, got list'),
    ],
)
def test_what_is_wrong_beside_messages_is_named(value: Any, complaint: str) -> None:
    with pytest.raises(InvalidInputError) as failure:
        parse_input(value)
    assert str(failure.value).startswith(complaint)
