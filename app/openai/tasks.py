"""What front ends ask beside a conversation: titles, tags, questions to go on with. Pure.

They send it to the model of the conversation. Documents have nothing to say about it, and a
refusal for lack of them would become a title.
"""

from collections.abc import Mapping
from typing import Any, Literal

Recognise = Literal["auto", "header", "off"]

HEADER = "x-task"
MOST_TOKENS = 300
"""Of an answer to what only looks like a task: anybody can begin a question like that."""
_READ = 400
_BEGINNING = "### Task:"  # Open WebUI's
_TITLE = "5-word-or-less title"  # LibreChat's
_UNFILLED = "{{"
"""A header that a front end should have put a value into."""


def is_named(headers: Mapping[str, str], recognise: Recognise) -> bool:
    """Whether a header says that a request is one."""
    name = headers.get(HEADER, "").strip()
    return recognise != "off" and bool(name) and not name.startswith(_UNFILLED)


def looks_like_one(messages: Any, recognise: Recognise) -> bool:
    """Whether the one message of a user is worded as front ends word theirs."""
    if recognise != "auto" or not isinstance(messages, list):
        return False
    said = [one for one in messages if isinstance(one, dict) and one.get("role") != "system"]
    if len(said) != 1 or said[0].get("role") != "user":
        return False
    text = _beginning(said[0].get("content")).lstrip()
    return text.startswith(_BEGINNING) or _TITLE in text


def _beginning(content: Any) -> str:
    if isinstance(content, list) and content and isinstance(content[0], dict):
        content = content[0].get("text")
    return content[:_READ] if isinstance(content, str) else ""
