"""A chat model as one question wants it: with a temperature, a length, words to stop at."""

import logging
from collections.abc import Mapping
from typing import Any, NamedTuple

from langchain_core.language_models import BaseChatModel

from rag_stream.models.openai.access import is_somebody_elses
from rag_stream.models.parameters import MAX_TOKENS
from rag_stream.sampling import Sampling

log = logging.getLogger(__name__)

# As the classes of LangChain's integration packages call it.
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "temperature": ("temperature",),
    "top_p": ("top_p",),
    "max_tokens": MAX_TOKENS,
    "seed": ("seed", "random_seed"),
    "presence_penalty": ("presence_penalty",),
    "frequency_penalty": ("frequency_penalty",),
    "stop": ("stop", "stop_sequences"),
}
_told: set[tuple[type[Any], str]] = set()


class Sampled(NamedTuple):
    """A model, and what has to be said with each call of it."""

    model: BaseChatModel
    with_call: dict[str, Any]


def sampled(model: BaseChatModel, sampling: Sampling | None) -> Sampled:
    """A copy of the model that asks for that; of what it has no parameter for the log is told.

    Connections are shared. An answer becomes no longer than the model's own limit lets it.
    """
    if sampling is None:
        return Sampled(model, {})
    fields = type(model).model_fields
    changes: dict[str, Any] = {}
    with_call: dict[str, Any] = {}
    for name, value in sampling.asked.items():
        field = next((field for field in _FIELDS[name] if field in fields), None)
        if name == "stop":
            value = list(value)
        elif name == "max_tokens" and field is not None:
            value = _at_most(getattr(model, field), value)
            changes |= _by_its_old_name(model, value)
        if field is not None:
            changes[field] = value
        elif name == "stop":  # which every model of LangChain's takes with a call
            with_call[name] = value
        else:
            _tell(type(model), name)
    return Sampled(model.model_copy(update=changes) if changes else model, with_call)


def _at_most(own: Any, asked: int) -> int:
    """The less of both; some say by 0 or -1 that they have no limit."""
    return min(own, asked) if isinstance(own, int) and own > 0 else asked


def _by_its_old_name(model: BaseChatModel, limit: int) -> dict[str, Any]:
    """See `openai/provider.py`: servers that only speak OpenAI's API may know no other name."""
    if not hasattr(model, "openai_api_base") or not is_somebody_elses(model.openai_api_base):
        return {}
    body: Mapping[str, Any] = getattr(model, "extra_body", None) or {}
    is_one_word = getattr(model, "max_tokens", None) is not None and "max_tokens" not in body
    return {} if is_one_word else {"extra_body": {**body, "max_tokens": limit}}


def _tell(kind: type[Any], name: str) -> None:
    if (kind, name) not in _told:
        _told.add((kind, name))
        log.warning("%s has no %s: what requests ask of it is ignored", kind.__name__, name)
