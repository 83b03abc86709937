"""A request for a chat completion, read: what is asked, how, and in which form to answer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast, get_args

from app.openai import tasks
from app.openai.errors import ModelNotFoundError, UnsupportedParameterError
from app.openai.fields import flag, read_sampling, refuse_unsupported
from app.openai.source_list import without_sources
from rag_stream.conversation import Conversation, Turn, parse_messages
from rag_stream.errors import InvalidInputError
from rag_stream.excerpts import shown
from rag_stream.messages import MAX_MESSAGE_CHARS
from rag_stream.sampling import Sampling
from rag_stream.schema import MAX_QUESTION_CHARS
from rag_stream.settings import Settings

MODEL = "rag-stream"
"""The one that there is: which model words the answers is the operator's choice."""
STYLE_HEADER = "x-citation-style"
SOURCES_HEADER = "x-citation-sources"

Style = Literal["annotations", "openwebui", "markdown"]
Listed = Literal["cited", "all"]

_OFFERED: Mapping[str, tuple[str, ...]] = {"openwebui": ("tools",)}
"""What these clients send with every question and need not be answered with: Open WebUI's own
tools (time, notes, memories) are on where nobody has turned them off."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `is_task`: a front end asks it beside a conversation.

    `ignored`: names of fields that were taken and change nothing, though they are known.
    """

    conversation: Conversation
    sampling: Sampling
    style: Style
    listed: Listed
    streams: bool
    with_usage: bool
    is_task: bool
    ignored: tuple[str, ...] = ()


def read_request(body: Mapping[str, Any], headers: Mapping[str, str], settings: Settings) -> Asked:
    """What a body and its headers ask for.

    Fields that are not known are nobody's business here: front ends send their own. Raises
    InvalidInputError naming the field, ModelNotFoundError.
    """
    check_model(body.get("model"))
    style = cast(Style, _choice(body, headers, "citation_style", settings.citation_style))
    ignored = refuse_unsupported(body, _OFFERED.get(style, ()))
    streams, options = flag(body, "stream"), body.get("stream_options")
    if options is not None and not isinstance(options, dict):
        raise InvalidInputError(f"stream_options: expected an object, got {shown(options)}")
    sampling, messages = read_sampling(body), body.get("messages")
    recognise: tasks.Recognise = settings.frontend_tasks
    is_named = tasks.is_named(headers, recognise)
    looks_like_one = not is_named and tasks.looks_like_one(messages, recognise)
    is_task = is_named or looks_like_one
    if looks_like_one:
        most = min(sampling.max_tokens or tasks.MOST_TOKENS, tasks.MOST_TOKENS)
        sampling = replace(sampling, max_tokens=most)
    return Asked(
        conversation=_conversation(messages, is_task=is_task),
        sampling=sampling,
        style=style,
        listed=cast(Listed, _choice(body, headers, "citation_sources", "cited")),
        streams=streams,
        with_usage=streams and flag(options or {}, "include_usage", "stream_options."),
        is_task=is_task,
        ignored=ignored,
    )


def check_model(name: Any) -> None:
    """Raise InvalidInputError for what is no name, ModelNotFoundError for any but ours."""
    if not isinstance(name, str):
        got = "nothing" if name is None else shown(name)
        raise InvalidInputError(f"model: expected {MODEL!r}, got {got}")
    if name != MODEL:
        raise ModelNotFoundError(f"model: expected {MODEL!r}, the only one, got {shown(name)}")


def _conversation(messages: Any, *, is_task: bool) -> Conversation:
    if messages is None:
        raise InvalidInputError("messages: expected a list of messages, got nothing")
    for number, message in enumerate(messages if isinstance(messages, list) else ()):
        _refuse_tools(message, f"messages.{number}")
    # A chat that a title is wanted for is longer than any question.
    most = MAX_MESSAGE_CHARS if is_task else MAX_QUESTION_CHARS
    conversation = parse_messages(messages, most_chars=most)
    history = tuple(map(_as_it_was, conversation.history))
    return replace(conversation, history=history)


def _as_it_was(turn: Turn) -> Turn:
    """An earlier answer without the links that it was sent with."""
    text = without_sources(turn.text) if turn.role == "assistant" else turn.text
    return turn if text == turn.text or not text.strip() else Turn(turn.role, text)


def _refuse_tools(message: Any, where: str) -> None:
    if not isinstance(message, dict):
        return
    if message.get("role") in ("tool", "function"):
        raise UnsupportedParameterError(
            f"{where}.role: expected 'user', 'assistant' or 'system', because there are no tools, "
            f"got {shown(message['role'])}"
        )
    for name in ("tool_calls", "function_call", "audio"):
        if message.get(name):
            raise UnsupportedParameterError(
                f"{where}.{name}: expected none, because only text is taken, "
                f"got {shown(message[name])}"
            )


_CHOICES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "citation_style": (STYLE_HEADER, get_args(Style)),
    "citation_sources": (SOURCES_HEADER, get_args(Listed)),
}


def _choice(body: Mapping[str, Any], headers: Mapping[str, str], name: str, otherwise: str) -> str:
    """What the body chooses, else a header, else the settings. Raises InvalidInputError."""
    header, choices = _CHOICES[name]
    value, field = body.get(name), name
    if value is None:
        value, field = headers.get(header, "").strip().lower() or otherwise, header
    if value not in choices:
        expected = ", ".join(map(repr, choices))
        raise InvalidInputError(f"{field}: expected one of {expected}, got {shown(value)}")
    return str(value)
