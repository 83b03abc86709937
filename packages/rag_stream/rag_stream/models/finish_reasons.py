"""Why an answer ended, in the words of OpenAI's API, whatever the provider calls it. Pure."""

from collections.abc import Mapping
from typing import Any

# Where the integration packages of LangChain put it.
_KEYS = ("finish_reason", "stop_reason", "stopReason", "done_reason", "completion_reason")
_WORDS: Mapping[str, frozenset[str]] = {
    "stop": frozenset(
        {"stop", "end_turn", "stop_sequence", "complete", "completed", "eos", "eos_token", "finish"}
    ),
    "length": frozenset(
        {
            "length",
            "max_tokens",
            "max_output_tokens",
            "max_length",
            "model_length",
            "token_limit",
            "error_limit",
            "context_window_exceeded",
            "model_context_window_exceeded",
        }
    ),
    "content_filter": frozenset(
        {
            "content_filter",
            "content_filtered",
            "guardrail_intervened",
            "refusal",
            "safety",
            "recitation",
            "blocklist",
            "prohibited_content",
            "spii",
            "error_toxic",
        }
    ),
    "tool_calls": frozenset({"tool_calls", "tool_call", "tool_use", "function_call"}),
    # Nothing of OpenAI's: the model broke down over its answer.
    "failed": frozenset(
        {"error", "failed", "timeout", "malformed_function_call", "malformed_model_output"}
    ),
}
FAILED = "failed"
_CUT_SHORT = ("length", "content_filter")
_OURS = {theirs: ours for ours, words in _WORDS.items() for theirs in words}


def finish_reason_of(metadata: Mapping[str, Any]) -> str | None:
    """One of the words above, or else the provider's own, small.

    `metadata`: a message's `response_metadata`. None where it says nothing.
    """
    for key in _KEYS:
        if word := _word(metadata.get(key)):
            return _OURS.get(word, word)
    # OpenAI's Responses API: a status, and details where the answer is not whole.
    details = metadata.get("incomplete_details")
    reason = details.get("reason") if isinstance(details, Mapping) else None
    word = _word(reason) or _word(metadata.get("status"))
    return _OURS.get(word, word) if word else None


def state_of(finish_reason: str | None) -> str:
    """What that makes of an answer: `truncated` where it is not whole."""
    return "truncated" if finish_reason in _CUT_SHORT else "completed"


def _word(value: object) -> str | None:
    """A word of an API or of one of its enumerations (`FinishReason.MAX_TOKENS`)."""
    text = getattr(value, "name", value)
    if not isinstance(text, str):
        return None
    word = text.rpartition(".")[2].strip().lower()
    return None if not word or word.endswith("unspecified") else word
