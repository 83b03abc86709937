"""What `useChat` sends: read as a conversation, or refused by the name of the field."""

from typing import Any

import pytest

from app.ui_messages.request import MAX_ID_CHARS, parse_chat
from rag_stream.conversation import MAX_MESSAGES, Conversation, Turn
from rag_stream.errors import InvalidInputError
from rag_stream.messages import CUT, MAX_MESSAGE_CHARS
from rag_stream.schema import MAX_QUESTION_CHARS


def said(role: str, *texts: str, **more: Any) -> dict[str, Any]:
    return {"id": "1", "role": role, "parts": [{"type": "text", "text": t} for t in texts], **more}


def asked(*messages: Any, **more: Any) -> dict[str, Any]:
    return {"id": "chat", "messages": list(messages), **more}


def conversation(*messages: Any, **more: Any) -> Conversation:
    return parse_chat(asked(*messages, **more)).conversation


def test_a_first_question() -> None:
    body = asked(said("user", "What is it?"), trigger="submit-message", messageId=None)
    chat = parse_chat(body)
    assert (chat.chat_id, chat.conversation) == ("chat", Conversation("What is it?"))


def test_what_was_said_before_and_the_applications_own_instructions() -> None:
    found = conversation(
        said("system", "Be brief."),
        said("assistant", "Hello!"),
        said("user", "What", "is it?"),
        said("assistant", "That."),
        said("user", "Why?"),
    )
    history = (
        Turn("assistant", "Hello!"),
        Turn("user", "What\nis it?"),
        Turn("assistant", "That."),
    )
    assert found == Conversation("Why?", history, "Be brief.")


def test_of_an_answer_only_its_text_counts() -> None:
    answer = said("assistant", "That.")
    answer["parts"] = [
        {"type": "step-start"},
        {"type": "source-url", "sourceId": "1", "url": "https://example.com"},
        {"type": "source-document", "sourceId": "2", "mediaType": "text/plain", "title": "x"},
        {"type": "reasoning", "text": "hm"},
        *answer["parts"],
        {"type": "data-citation", "id": "citation-1", "data": {}},
        {"type": "data-status", "id": "status", "data": {}},
    ]
    found = conversation(said("user", "What?"), answer, said("user", "Why?"))
    assert found.history == (Turn("user", "What?"), Turn("assistant", "That."))


@pytest.mark.parametrize(
    "stopped", [said("assistant"), said("assistant", " "), said("assistant", "")]
)
def test_an_answer_that_was_stopped_before_its_text_is_left_out(stopped: dict[str, Any]) -> None:
    found = conversation(said("user", "What?"), stopped, said("user", "Why?"))
    assert found == Conversation("Why?", (Turn("user", "What?"),))


def test_the_applications_own_data_in_a_question_is_none_of_ours() -> None:
    question = said("user", "Why?")
    question["parts"].append({"type": "data-page", "data": {"n": 1}})
    assert conversation(question) == Conversation("Why?")


def test_an_answer_made_anew_is_left_out_where_it_is_still_there() -> None:
    messages = said("user", "What?"), said("assistant", "That.")
    found = conversation(*messages, trigger="regenerate-message", messageId="1")
    assert found == Conversation("What?")
    assert conversation(messages[0], trigger="regenerate-message") == found


def test_of_an_answer_of_any_length_the_beginning_is_read() -> None:
    told = said("assistant", *["x" * MAX_MESSAGE_CHARS] * 3)
    _, answered = conversation(said("user", "What?"), told, said("user", "Why?")).history
    assert len(answered.text) == MAX_MESSAGE_CHARS
    assert answered.text.endswith(f"x{CUT}")


WELL = said("user", "What?")
LONG = "x" * (MAX_QUESTION_CHARS + 1)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"messages": [WELL]}, "id: expected the chat's id, a string, got nothing"),
        (asked(WELL, id=5), "id: expected the chat's id, a string, got 5"),
        (asked(WELL, id=" "), "id: expected the chat's id"),
        (asked(WELL, id="a\nb"), "id: expected printable characters, got 'a\\nb'"),
        (asked(WELL, id="\0"), "id: expected printable characters"),
        (asked(WELL, id="x" * (MAX_ID_CHARS + 1)), "id: expected at most 500 characters, got 501"),
        (asked(WELL, trigger="again"), "trigger: expected 'submit-message' or 'regenerate-message"),
        (asked(WELL, trigger=[]), "trigger: expected"),
        (asked(WELL, messageId=1), "messageId: expected a string, got 1"),
        ({"id": "chat"}, "messages: expected a list of messages, got nothing"),
        (asked(), "messages: expected a list of messages, got []"),
        (asked(*[WELL] * (MAX_MESSAGES + 1)), "messages: expected at most 500 messages, got 501"),
        (asked("What?"), "messages.0: expected a message, got 'What?'"),
        (
            asked({"parts": []}),
            "messages.0.role: expected 'user', 'assistant' or 'system', got not",
        ),
        (
            asked({"role": "data", "parts": []}),
            "messages.0.role: expected 'user', 'assistant' or 'system', got 'data'",
        ),
        (
            asked({"role": "user", "content": "x"}),
            "messages.0.parts: expected a list of parts, got",
        ),
        (asked(said("user")), "messages.0.parts: expected text, got none"),
        (asked(said("user", " ")), "messages.0.parts: expected text, got none"),
        (asked(said("user", *"x" * 101)), "messages.0.parts: expected at most 100 parts, got 101"),
        (asked(WELL, said("assistant", "a")), "messages.1.role: expected 'user', the question at"),
        (asked(said("system", "s")), "messages.0.role: expected 'user', the question at the end"),
        (
            asked(WELL, said("assistant", "a"), said("assistant", "b"), WELL),
            "messages.2.role: expected 'user' after 'assistant'",
        ),
        (asked(WELL, said("system", "s"), WELL), "messages.1.role: expected 'system' before all"),
        (asked(said("system", "s" * 8_001), WELL), "messages.0.parts: expected at most 8000"),
        (asked(said("user", LONG)), "messages.0.parts: expected at most 10000 characters"),
        (
            asked(said("user", "x" * (MAX_MESSAGE_CHARS + 1)), WELL),
            "messages.0.parts: expected at most 100000 characters, got 100001",
        ),
        (asked({"role": "user", "parts": ["x"]}), "messages.0.parts.0.type: expected the kind"),
        (
            asked(WELL, {"role": "user", "parts": [{"type": "text", "text": 1}]}),
            "messages.1.parts.0.text: expected text, got 1",
        ),
        (
            asked({"role": "user", "parts": [{"type": "text"}]}),
            "messages.0.parts.0.text: expected text, got nothing",
        ),
        (
            asked({"role": "user", "parts": [{"type": "file", "url": "data:,"}]}),
            "messages.0.parts.0.type: expected 'text' (no images or files), got 'file'",
        ),
    ],
)
def test_what_is_wrong_is_named(body: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_chat(body)
    assert str(caught.value).startswith(words)
