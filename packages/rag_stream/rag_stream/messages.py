"""One message of a conversation, in the forms that clients send: its role, and its text.

LangChain's messages; objects with `role` or `type` and `content`, whose content may be a list of
text parts; LangChain's two ways to write a message as JSON; a pair of role and content.
"""

from collections.abc import Mapping
from typing import Any, Literal

from langchain_core.messages import BaseMessage

from rag_stream.errors import InvalidInputError
from rag_stream.excerpts import shown

Role = Literal["user", "assistant", "system"]

MAX_MESSAGE_CHARS = 100_000
"""Of what was said before; a question has a bound of its own."""
CUT = " ..."
"""What ends an answer of which only the beginning is given."""
MAX_PARTS = 100

_ROLES: Mapping[str, Role] = {
    "user": "user",
    "human": "user",
    "HumanMessage": "user",
    "HumanMessageChunk": "user",
    "assistant": "assistant",
    "ai": "assistant",
    "AIMessage": "assistant",
    "AIMessageChunk": "assistant",
    "system": "system",
    "developer": "system",
    "SystemMessage": "system",
    "SystemMessageChunk": "system",
}


def read_message(message: Any, where: str) -> tuple[Role, str]:
    """The role and the text. Raises InvalidInputError naming the field, below `where`.

    Only the assistant's may be empty: front ends keep, and send again, an answer that was stopped
    before its first word.
    """
    given, content, name = _parts(message, where)
    role = _ROLES.get(given) if isinstance(given, str) else None
    if role is None:
        got = "nothing" if given is None else shown(given)
        raise InvalidInputError(
            f"{where}.{name}: expected 'user', 'assistant' or 'system', got {got}"
        )
    if role == "assistant" and content is None:
        content = ""
    text = _text(content, f"{where}.content", is_ours=role == "assistant")
    if text.strip():
        return role, text
    if role != "assistant":
        raise InvalidInputError(f"{where}.content: expected text, got an empty string")
    if calls := _tool_calls(message):
        raise InvalidInputError(
            f"{where}.tool_calls: expected none beside an empty text, got {shown(calls)}"
        )
    return role, ""


def beginning(answer: str) -> str:
    """An earlier answer as far as it is read: models may say more than a message may have.

    Its client sends it with every question from then on, and can do nothing about its length.
    """
    if len(answer) <= MAX_MESSAGE_CHARS:
        return answer
    return answer[: MAX_MESSAGE_CHARS - len(CUT)].rstrip() + CUT


def _parts(message: Any, where: str) -> tuple[Any, Any, str]:
    """What it says of its role, its content, and the name of the field that tells the role."""
    if isinstance(message, BaseMessage):
        given = getattr(message, "role", None) if message.type == "chat" else message.type
        return given, message.content, "type"
    if isinstance(message, dict):
        kwargs, data = message.get("kwargs"), message.get("data")
        if message.get("type") == "constructor" and isinstance(kwargs, dict):  # LangChain's dumps
            path = message.get("id")
            given = path[-1] if isinstance(path, list) and path else None
            return given, kwargs.get("content"), "id"
        if "content" not in message and isinstance(data, dict):  # LangChain's messages_to_dict
            return message.get("type"), data.get("content"), "type"
        name = "role" if message.get("role") is not None or "type" not in message else "type"
        return message.get(name), message.get("content"), name
    if isinstance(message, tuple | list) and len(message) == 2:
        return message[0], message[1], "0"
    raise InvalidInputError(
        f'{where}: expected a message {{"role": "user", "content": "..."}}, got {shown(message)}'
    )


def _tool_calls(message: Any) -> Any:
    if isinstance(message, BaseMessage):
        return getattr(message, "tool_calls", None)
    if not isinstance(message, dict):
        return None
    fields = (message, message.get("kwargs"), message.get("data"))
    return next(
        (one["tool_calls"] for one in fields if isinstance(one, dict) and one.get("tool_calls")),
        None,
    )


def _text(content: Any, where: str, *, is_ours: bool) -> str:
    """The text of a message's content; parts of text are joined. `is_ours`: an answer's."""
    if isinstance(content, list):
        if len(content) > MAX_PARTS:
            raise InvalidInputError(
                f"{where}: expected at most {MAX_PARTS} parts, got {len(content)}"
            )
        content = "\n".join(_part(part, f"{where}.{n}") for n, part in enumerate(content))
    if not isinstance(content, str):
        got = "nothing" if content is None else shown(content)
        raise InvalidInputError(f"{where}: expected text, got {got}")
    text = beginning(content) if is_ours else content
    if len(text) > MAX_MESSAGE_CHARS:
        raise InvalidInputError(
            f"{where}: expected at most {MAX_MESSAGE_CHARS} characters, got {len(text)}"
        )
    if not _is_whole(text):
        raise InvalidInputError(f"{where}: expected text, got half of a surrogate pair")
    return text


def _part(part: Any, where: str) -> str:
    if isinstance(part, str):
        return part
    kind = part.get("type") if isinstance(part, dict) else None
    if kind != "text":
        got = shown(part if kind is None else kind)
        raise InvalidInputError(f"{where}.type: expected 'text' (no images or files), got {got}")
    text = part.get("text")
    if not isinstance(text, str):
        got = "nothing" if text is None else shown(text)
        raise InvalidInputError(f"{where}.text: expected text, got {got}")
    return text


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
