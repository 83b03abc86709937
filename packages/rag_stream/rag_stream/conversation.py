"""What was said before a question, and the question: read from what clients send.

Two forms are taken: `{"input": question, "chat_history": [...]}` (LangChain's how-to) and
`{"messages": [...]}`, whose last message is the question; for messages see `messages.py`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rag_stream.errors import InvalidInputError
from rag_stream.excerpts import named, shown
from rag_stream.messages import read_message
from rag_stream.schema import MAX_QUESTION_CHARS, parse_question

MAX_MESSAGES = 500
MAX_SYSTEM_CHARS = 8_000


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side said at a time."""

    role: Literal["user", "assistant"]
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
        if other := next((name for name in value if name != "messages"), None):
            raise InvalidInputError(
                f"{named(other)}: expected nothing beside 'messages', got {shown(value[other])}"
            )
        return parse_messages(value["messages"])
    if not isinstance(value, dict) or "chat_history" not in value:
        return Conversation(parse_question(value))
    question = parse_question({name: value[name] for name in value if name != "chat_history"})
    history, system = _turns(value["chat_history"], "chat_history")
    return Conversation(question, _said(history), system)


def parse_messages(
    value: Any, field: str = "messages", *, most_chars: int = MAX_QUESTION_CHARS
) -> Conversation:
    """The conversation of a list of messages, the last of which is the question.

    It has at most `most_chars`. Raises InvalidInputError naming the message, below `field`.
    """
    turns, system = _turns(value, field)
    if not turns or turns[-1].role != "user":
        last = f"{field}.{len(value) - 1}.role" if value else field
        got = "none" if not value else "the assistant's" if turns else "the system's"
        raise InvalidInputError(f"{last}: expected the user's message at the end, got {got}")
    *history, asked = turns
    if len(asked.text) > most_chars:
        raise InvalidInputError(
            f"{field}.{len(value) - 1}.content: expected at most {most_chars} characters, "
            f"got {len(asked.text)}"
        )
    return Conversation(asked.text, _said(history), system)


def _said(turns: Iterable[Turn]) -> tuple[Turn, ...]:
    """The turns in which something was said: a stopped answer of no words was none."""
    return tuple(turn for turn in turns if turn.text)


def _turns(value: Any, field: str) -> tuple[tuple[Turn, ...], str | None]:
    """The turns, and the system's texts that came before them, joined.

    Turns of the assistant's that said nothing are among them, and empty.
    """
    if not isinstance(value, Sequence) or isinstance(value, str | bytes | bytearray):
        got = "nothing" if value is None else shown(value)
        raise InvalidInputError(f"{field}: expected a list of messages, got {got}")
    if len(value) > MAX_MESSAGES:
        raise InvalidInputError(
            f"{field}: expected at most {MAX_MESSAGES} messages, got {len(value)}"
        )
    turns: list[Turn] = []
    system: list[str] = []
    last = ""
    for number, message in enumerate(value):
        where = f"{field}.{number}"
        role, text = read_message(message, where)
        if role == "system":
            if turns:
                raise InvalidInputError(
                    f"{where}.role: expected system messages before all others, got one after them"
                )
            system.append(text)
            continue
        if role == "assistant" and text and last == role:
            raise InvalidInputError(
                f"{where}.role: expected the user's message after the assistant's, "
                "got another of the assistant's"
            )
        turns.append(Turn(role, text))  # two of the user's: the answer to the first has failed
        last = role if text else last
    asked = "\n\n".join(system)
    if len(asked) > MAX_SYSTEM_CHARS:
        raise InvalidInputError(
            f"{field}.0.content: expected at most {MAX_SYSTEM_CHARS} characters of system "
            f"messages, got {len(asked)}"
        )
    return tuple(turns), asked or None
