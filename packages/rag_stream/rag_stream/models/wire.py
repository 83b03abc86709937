"""How what one provider sends is read. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rag_stream.errors import RagError
from rag_stream.models.failures import (
    OutcomeOf,
    embedding_failure,
    model_failure,
    outcome_of_status_error,
)


def finish_reason_as_it_is(metadata: Mapping[str, Any]) -> str | None:
    """The finish reason of a provider that speaks OpenAI's words."""
    reason: str | None = metadata.get("finish_reason")
    return reason


@dataclass(frozen=True, slots=True)
class Wire:
    """What is known of one provider's streams and failures."""

    reports_finish: bool = False
    """Whether a stream without a finish reason has been cut off."""
    has_short_way: bool = False
    """Whether its chat model streams `pieces()`, without LangChain's messages."""
    adds_usage: bool = False
    """Whether an answer's usage comes in parts, as LangChain's message chunks have it."""
    finish_reason: Callable[[Mapping[str, Any]], str | None] = finish_reason_as_it_is
    outcome_of: OutcomeOf = outcome_of_status_error

    def chat_failure(
        self, error: BaseException, model: str, *, answering: bool = False
    ) -> RagError:
        """The domain error for what its chat model raised."""
        return model_failure(error, model, answering=answering, outcome_of=self.outcome_of)

    def embedding_failure(self, error: Exception, model: str) -> RagError:
        """The domain error for what its embedding model raised."""
        return embedding_failure(error, model, outcome_of=self.outcome_of)


PLAIN = Wire()
"""Of a model of which nothing is known."""
