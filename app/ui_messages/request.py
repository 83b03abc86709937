"""What `useChat` sends: a chat's id and its messages, whose last one is the question.

Of an assistant's message only the text counts: sources, data, reasoning and steps are what it
was shown with. One without text, because it was stopped or failed, is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rag_stream.conversation import (
    MAX_MESSAGES,
    MAX_SYSTEM_CHARS,
    Conversation,
    Turn,
)
from rag_stream.errors import InvalidInputError
from rag_stream.excerpts import shown
from rag_stream.messages import MAX_MESSAGE_CHARS, MAX_PARTS, beginning
from rag_stream.schema import MAX_QUESTION_CHARS

MAX_ID_CHARS = 500
_TRIGGERS = ("submit-message", "regenerate-message")
_MAX_ASSISTANT_PARTS = 10_000
"""With its sources and citations; an assistant's own parts are ours for the most part."""


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A question in a chat of that id."""

    chat_id: str
    conversation: Conversation


def parse_chat(body: Mapping[str, Any]) -> ChatRequest:
    """The request of a body. Raises InvalidInputError naming the field."""
    chat_id = parse_chat_id(body.get("id"))
    trigger = body.get("trigger")
    if trigger is not None and trigger not in _TRIGGERS:
        raise InvalidInputError(
            f"trigger: expected {' or '.join(map(repr, _TRIGGERS))}, got {shown(trigger)}"
        )
    message_id = body.get("messageId")
    if not isinstance(message_id, str | None):
        raise InvalidInputError(f"messageId: expected a string, got {shown(message_id)}")
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        got = "nothing" if messages is None else shown(messages)
        raise InvalidInputError(f"messages: expected a list of messages, got {got}")
    if len(messages) > MAX_MESSAGES:
        raise InvalidInputError(
            f"messages: expected at most {MAX_MESSAGES} messages, got {len(messages)}"
        )
    if trigger == "regenerate-message":
        messages = _before_answer(messages)
    return ChatRequest(chat_id, _conversation(messages))


def parse_chat_id(value: Any) -> str:
    """The id of a chat, which its client has made up. Raises InvalidInputError."""
    if not isinstance(value, str) or not value.strip():
        got = "nothing" if value is None else shown(value)
        raise InvalidInputError(f"id: expected the chat's id, a string, got {got}")
    if len(value) > MAX_ID_CHARS:
        raise InvalidInputError(f"id: expected at most {MAX_ID_CHARS} characters, got {len(value)}")
    if not value.isprintable():  # an address with a line end in it leads nowhere
        raise InvalidInputError(f"id: expected printable characters, got {shown(value)}")
    return value


def _before_answer(messages: list[Any]) -> list[Any]:
    """What was said before the answer that is to be made anew, where that is still there."""
    end = len(messages)
    while end > 1 and isinstance(messages[end - 1], dict):
        if messages[end - 1].get("role") != "assistant":
            break
        end -= 1
    return messages[:end]


def _conversation(messages: list[Any]) -> Conversation:
    turns: list[Turn] = []
    system: list[str] = []
    for number, message in enumerate(messages):
        where = f"messages.{number}"
        if not isinstance(message, dict):
            raise InvalidInputError(f"{where}: expected a message, got {shown(message)}")
        role, parts = message.get("role"), message.get("parts")
        if role not in ("user", "assistant", "system"):
            got = "nothing" if role is None else shown(role)
            raise InvalidInputError(
                f"{where}.role: expected 'user', 'assistant' or 'system', got {got}"
            )
        if not isinstance(parts, list):
            got = "nothing" if parts is None else shown(parts)
            raise InvalidInputError(f"{where}.parts: expected a list of parts, got {got}")
        text = _text(parts, f"{where}.parts", is_ours=role == "assistant")
        if role == "assistant":
            if not text.strip():
                continue
            if turns and turns[-1].role == "assistant":
                raise InvalidInputError(
                    f"{where}.role: expected 'user' after 'assistant', got 'assistant' again"
                )
            turns.append(Turn("assistant", text))
            continue
        if not text.strip():
            raise InvalidInputError(f"{where}.parts: expected text, got none")
        if role == "user":
            turns.append(Turn("user", text))
        elif turns:
            raise InvalidInputError(
                f"{where}.role: expected 'system' before all others, got it after them"
            )
        else:
            system.append(text)
    return _asked(turns, "\n\n".join(system), f"messages.{len(messages) - 1}", messages[-1])


def _asked(turns: list[Turn], system: str, where: str, last: Any) -> Conversation:
    """The conversation whose last message is at `where`."""
    if last["role"] != "user":
        raise InvalidInputError(
            f"{where}.role: expected 'user', the question at the end, got {last['role']!r}"
        )
    if len(system) > MAX_SYSTEM_CHARS:
        raise InvalidInputError(
            f"messages.0.parts: expected at most {MAX_SYSTEM_CHARS} characters of system messages, "
            f"got {len(system)}"
        )
    *history, asked = turns
    if len(asked.text) > MAX_QUESTION_CHARS:
        raise InvalidInputError(
            f"{where}.parts: expected at most {MAX_QUESTION_CHARS} characters of a question, "
            f"got {len(asked.text)}"
        )
    return Conversation(asked.text, tuple(history), system or None)


def _text(parts: list[Any], where: str, *, is_ours: bool) -> str:
    """The text of a message's parts, joined; `is_ours`: an answer's, beside whose text other
    kinds may be, and of which the beginning is taken where it is too long.
    """
    most = _MAX_ASSISTANT_PARTS if is_ours else MAX_PARTS
    if len(parts) > most:
        raise InvalidInputError(f"{where}: expected at most {most} parts, got {len(parts)}")
    texts: list[str] = []
    for number, part in enumerate(parts):
        at = f"{where}.{number}"
        kind = part.get("type") if isinstance(part, dict) else None
        if not isinstance(kind, str):
            raise InvalidInputError(f"{at}.type: expected the kind of a part, got {shown(part)}")
        if kind == "text":
            text = part.get("text")
            if not isinstance(text, str):
                got = "nothing" if text is None else shown(text)
                raise InvalidInputError(f"{at}.text: expected text, got {got}")
            texts.append(text)
        elif not (is_ours or kind.startswith("data-")):  # data is the application's own
            raise InvalidInputError(
                f"{at}.type: expected 'text' (no images or files), got {shown(kind)}"
            )
    joined = "\n".join(texts)
    if is_ours:
        return beginning(joined)
    if len(joined) > MAX_MESSAGE_CHARS:
        raise InvalidInputError(
            f"{where}: expected at most {MAX_MESSAGE_CHARS} characters, got {len(joined)}"
        )
    return joined
