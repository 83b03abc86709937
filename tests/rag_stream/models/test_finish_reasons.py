"""Why an answer ended, in one set of words."""

from enum import Enum
from typing import Any

import pytest

from rag_stream.models.finish_reasons import finish_reason_of, state_of


class FinishReason(Enum):
    """As Google's packages have it."""

    MAX_TOKENS = 2
    FINISH_REASON_UNSPECIFIED = 0


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ({"finish_reason": "stop"}, "stop"),
        ({"finish_reason": "length"}, "length"),
        ({"finish_reason": "content_filter"}, "content_filter"),
        ({"stop_reason": "end_turn"}, "stop"),  # Anthropic
        ({"stop_reason": "max_tokens", "stop_sequence": None}, "length"),
        ({"stop_reason": "model_context_window_exceeded"}, "length"),
        ({"stop_reason": "refusal"}, "content_filter"),
        ({"stop_reason": "tool_use"}, "tool_calls"),
        ({"done": True, "done_reason": "length"}, "length"),  # Ollama
        ({"finish_reason": "MAX_TOKENS"}, "length"),  # Google
        ({"finish_reason": FinishReason.MAX_TOKENS}, "length"),
        ({"finish_reason": "FinishReason.SAFETY"}, "content_filter"),
        ({"finish_reason": "PROHIBITED_CONTENT"}, "content_filter"),
        ({"finish_reason": FinishReason.FINISH_REASON_UNSPECIFIED}, None),
        ({"finish_reason": "COMPLETE"}, "stop"),  # Cohere
        ({"stopReason": "guardrail_intervened"}, "content_filter"),  # Bedrock
        ({"finish_reason": "model_length"}, "length"),  # Mistral
        ({"finish_reason": "error"}, "failed"),
        ({"finish_reason": "ERROR_LIMIT"}, "length"),  # Cohere
        ({"finish_reason": "TIMEOUT"}, "failed"),
        ({"stopReason": "malformed_model_output"}, "failed"),  # Bedrock
        ({"status": "failed", "incomplete_details": None}, "failed"),  # OpenAI's Responses
        ({"finish_reason": "eos"}, "stop"),  # Together
        (
            {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}},
            "length",
        ),
        ({"status": "completed", "incomplete_details": None}, "stop"),
        ({"finish_reason": "PAUSE_turn"}, "pause_turn"),  # a word of its own, small
        ({"finish_reason": None, "model_name": "m"}, None),
        ({"finish_reason": ""}, None),
        ({}, None),
    ],
)
def test_every_provider_has_its_words(metadata: dict[str, Any], reason: str | None) -> None:
    assert finish_reason_of(metadata) == reason


@pytest.mark.parametrize("reason", ["length", "content_filter", "stop", "its own", None])
def test_an_answer_that_is_not_whole_is_said_to_be_so(reason: str | None) -> None:
    is_cut_short = reason in ("length", "content_filter")
    assert state_of(reason) == ("truncated" if is_cut_short else "completed")
