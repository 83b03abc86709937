"""What was said before a question, and the question: read from what clients send.

Two forms are taken: `{"input": question, "chat_history": [...]}` (LangChain's how-to) and
`{"messages": [...]}`, whose last message is the question. A message is one of LangChain's, or an
object with `type` or `role` and `content`; a content may be a list of text parts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from langchain_core.messages import BaseMessage

from rag_stream.errors import InvalidInputError
from rag_stream.excerpts import named, shown
from rag_stream.schema import MAX_QUESTION_CHARS, parse_question

Role = Literal["user", "assistant"]

MAX_MESSAGES = 500
MAX_MESSAGE_CHARS = 100_000
"""Of what was said before; a question has a bound of its own."""
MAX_SYSTEM_CHARS = 8_000
MAX_PARTS = 100

_ROLES: Mapping[str, str] = {
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "ai": "assistant",
    "AIMessageChunk": "assistant",
    "HumanMessageChunk": "user",
    "system": "system",
    "developer": "system",
}


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side said at a time."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """A question, and what was said before it, oldest first.

    `system`: what the client asks of the model beside our own instructions.
    """

    question: str
    history: tuple[Turn, ...] = ()
    system: str | None = None

    def as_input(self) -> dict[str, Any]:
        """The chain's input that says the same."""
        history = [{"role": turn.role, "content": turn.text} for turn in self.history]
        if self.system is not None:
            history.insert(0, {"role": "system", "content": self.system})
        return {"input": self.question} | ({"chat_history": history} if history else {})


def parse_input(value: Any) -> Conversation:
    """The conversation of a chain's input. Raises InvalidInputError naming the field."""
    if isinstance(value, dict) and "messages" in value:
        if others := [name for name in value if name != "messages"]:
            raise InvalidInputError(
                f"{named(others[0])}: expected nothing beside 'messages', "
                f"got {shown(value[others[0]])}"
            )
        return parse_messages(value["messages"])
    if not isinstance(value, dict) or "chat_history" not in value:
        return Conversation(parse_question(value))
    question = parse_question({name: value[name] for name in value if name != "chat_history"})
    history, system = _turns(value["chat_history"], "chat_history")
    return Conversation(question, history, system)


def parse_messages(
    value: Any, field: str = "messages", *, most_chars: int = MAX_QUESTION_CHARS
) -> Conversation:
    """The conversation of a list of messages, the last of which is the question.

    It has at most `most_chars`. Raises InvalidInputError naming the message, below `field`.
    """
    turns, system = _turns(value, field)
    if not turns or turns[-1].role != "user":
        last = f"{field}.{len(value) - 1}.role" if turns else field
        got = "the assistant's" if turns else "none"
        raise InvalidInputError(f"{last}: expected the user's message at the end, got {got}")
    *history, asked = turns
    if len(asked.text) > most_chars:
        raise InvalidInputError(
            f"{field}.{len(value) - 1}.content: expected at most {most_chars} characters, "
            f"got {len(asked.text)}"
        )
    return Conversation(asked.text, tuple(history), system)


def _turns(value: Any, field: str) -> tuple[tuple[Turn, ...], str | None]:
    """The turns, and the system's texts that came before them, joined."""
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise InvalidInputError(f"{field}: expected a list of messages, got {shown(value)}")
    if len(value) > MAX_MESSAGES:
        raise InvalidInputError(
            f"{field}: expected at most {MAX_MESSAGES} messages, got {len(value)}"
        )
    turns: list[Turn] = []
    system: list[str] = []
    for number, message in enumerate(value):
        where = f"{field}.{number}"
        role, content = _read(message, where)
        text = _text(content, f"{where}.content")
        if role == "system":
            if turns:
                raise InvalidInputError(
                    f"{where}.role: expected system messages before all others, got one after them"
                )
            system.append(text)
        elif role == "assistant" and turns and turns[-1].role == "assistant":
            raise InvalidInputError(
                f"{where}.role: expected the user's message after the assistant's, "
                "got another of the assistant's"
            )
        else:
            turns.append(Turn("user" if role == "user" else "assistant", text))
    asked = "\n\n".join(system)
    if len(asked) > MAX_SYSTEM_CHARS:
        raise InvalidInputError(
            f"{field}.0.content: expected at most {MAX_SYSTEM_CHARS} characters of system "
            f"messages, got {len(asked)}"
        )
    return tuple(turns), asked or None


def _read(message: Any, where: str) -> tuple[str, Any]:
    """The role of a message, as ours, and its content."""
    given: Any
    content: Any
    if isinstance(message, BaseMessage):
        given, content, name = message.type, message.content, "type"
    elif isinstance(message, dict):
        name = "role" if "role" in message else "type"
        given, content = message.get(name), message.get("content")
        if given is None:
            raise InvalidInputError(f"{where}.role: expected 'user' or 'assistant', got nothing")
    elif isinstance(message, tuple | list) and len(message) == 2:
        (given, content), name = message, "0"
    else:
        raise InvalidInputError(
            f'{where}: expected a message {{"role": "user", "content": "..."}}, '
            f"got {shown(message)}"
        )
    role = _ROLES.get(given) if isinstance(given, str) else None
    if role is None:
        raise InvalidInputError(
            f"{where}.{name}: expected 'user', 'assistant' or 'system', got {shown(given)}"
        )
    return role, content


def _text(content: Any, where: str) -> str:
    """The text of a message's content; parts of text are joined."""
    if isinstance(content, list):
        if len(content) > MAX_PARTS:
            raise InvalidInputError(
                f"{where}: expected at most {MAX_PARTS} parts, got {len(content)}"
            )
        parts = [_part(part, f"{where}.{number}") for number, part in enumerate(content)]
        content = "\n".join(parts)
    if not isinstance(content, str):
        got = "nothing" if content is None else shown(content)
        raise InvalidInputError(f"{where}: expected text, got {got}")
    if not content.strip():
        raise InvalidInputError(f"{where}: expected text, got an empty string")
    if len(content) > MAX_MESSAGE_CHARS:
        raise InvalidInputError(
            f"{where}: expected at most {MAX_MESSAGE_CHARS} characters, got {len(content)}"
        )
    if not _is_whole(content):
        raise InvalidInputError(f"{where}: expected text, got half of a surrogate pair")
    return content


def _part(part: Any, where: str) -> str:
    if isinstance(part, str):
        return part
    kind = part.get("type") if isinstance(part, dict) else None
    if kind != "text":
        got = shown(part if kind is None else kind)
        raise InvalidInputError(f"{where}.type: expected 'text' (no images or files), got {got}")
    text = part.get("text")
    if not isinstance(text, str):
        raise InvalidInputError(f"{where}.text: expected text, got {shown(text)}")
    return text


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
