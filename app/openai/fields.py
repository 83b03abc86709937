"""The fields of a request that choose how a model words its answer, and those that are refused."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from app.openai.errors import UnsupportedParameterError
from rag_stream.errors import InvalidInputError
from rag_stream.excerpts import shown
from rag_stream.sampling import Sampling

MOST_STOPS = 4
MOST_STOP_CHARS = 1_000
_MOST_TOKENS = 10_000_000
_MOST_SEED = 2**63
_LIMITS = ("max_completion_tokens", "max_tokens")
_NUMBERS: Mapping[str, tuple[float, float]] = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "presence_penalty": (-2, 2),
    "frequency_penalty": (-2, 2),
}

Accepts = Callable[[Any], bool]
_UNSUPPORTED: Mapping[str, tuple[str, Accepts]] = {
    "tools": (
        "none, because there are no tools (X-Citation-Style: openwebui ignores an offer)",
        lambda value: value == [],
    ),
    "functions": ("none, because there are no functions", lambda value: value == []),
    "tool_choice": ("none, because there are no tools", lambda value: value in ("none", "auto")),
    "function_call": (
        "none, because there are no functions",
        lambda value: value in ("none", "auto"),
    ),
    "n": ("1, because a question has one answer", lambda value: _is_whole(value) and value == 1),
    "response_format": (
        '{"type": "text"}, because answers are text with citations',
        lambda value: isinstance(value, dict) and value.get("type") == "text",
    ),
    "logprobs": ("false", lambda value: value is False),
    "top_logprobs": ("none", lambda value: _is_whole(value) and value == 0),
    "logit_bias": ("none", lambda value: value == {}),
    "modalities": ("['text']", lambda value: value == ["text"]),
    "audio": ("none, because answers are text", lambda value: False),
    "store": ("false, because nothing is kept here", lambda value: value is False),
    "web_search_options": ("none, because only documents are searched", lambda value: False),
}
"""What is expected in place of what would change the answer's form, and what asks for no change."""


def refuse_unsupported(body: Mapping[str, Any], offered: Collection[str] = ()) -> tuple[str, ...]:
    """Raise UnsupportedParameterError for a field that asks for what is not done here.

    `offered`: names of fields that are only offers of this client's, which no answer has to take
    up. Returns those that are there, to be told as ignored.
    """
    ignored = []
    for name, (expected, accepts) in _UNSUPPORTED.items():
        value = body.get(name)
        if value is None or accepts(value):
            continue
        if name not in offered:
            raise UnsupportedParameterError(f"{name}: expected {expected}, got {shown(value)}")
        ignored.append(name)
    return tuple(ignored)


def read_sampling(body: Mapping[str, Any]) -> Sampling:
    """The sampling that a request asks for. Raises InvalidInputError naming the field."""
    numbers = {name: _number(body, name, *bounds) for name, bounds in _NUMBERS.items()}
    limits = [
        _whole(body, name, 1, _MOST_TOKENS) for name in ("max_completion_tokens", "max_tokens")
    ]
    return Sampling(
        **numbers,
        max_tokens=min((limit for limit in limits if limit is not None), default=None),
        seed=_whole(body, "seed", -_MOST_SEED, _MOST_SEED - 1),
        stop=_stop(body.get("stop")),
    )


def flag(body: Mapping[str, Any], name: str, where: str = "") -> bool:
    """A field that is true or false, and false where it is left out. Raises InvalidInputError."""
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise InvalidInputError(f"{where}{name}: expected true or false, got {shown(value)}")
    return bool(value)


def _number(body: Mapping[str, Any], name: str, low: float, high: float) -> float | None:
    value = body.get(name)
    if value is None:
        return None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not low <= value <= high:
        raise InvalidInputError(
            f"{name}: expected a number from {low} to {high}, got {shown(value)}"
        )
    return float(value)


def _whole(body: Mapping[str, Any], name: str, low: int, high: int) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if not _is_whole(value) or not low <= value <= high:
        raise InvalidInputError(
            f"{name}: expected a whole number from {low} to {high}, got {shown(value)}"
        )
    return int(value)


def _stop(value: Any) -> tuple[str, ...]:
    words = [value] if isinstance(value, str) else [] if value is None else value
    are_texts = isinstance(words, list) and all(isinstance(word, str) and word for word in words)
    if not are_texts:
        raise InvalidInputError(f"stop: expected a text or a list of texts, got {shown(value)}")
    if len(words) > MOST_STOPS or any(len(word) > MOST_STOP_CHARS for word in words):
        raise InvalidInputError(
            f"stop: expected at most {MOST_STOPS} texts of at most {MOST_STOP_CHARS} characters, "
            f"got {shown(value)}"
        )
    return tuple(words)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
