"""What models raise, as errors of ours that quote nothing of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rag_stream.errors import (
    ConnectTimeoutError,
    EmbeddingBusyError,
    EmbeddingConnectTimeoutError,
    EmbeddingFailedError,
    EmbeddingRejectedError,
    ModelBusyError,
    ModelFailedError,
    ModelRejectedError,
    ModelTimeoutError,
    RagError,
    RetrievalTimeoutError,
)
from rag_stream.http.response import TooLongError

_MOST_CAUSES = 8
_EMBEDDING: dict[type[ModelFailedError], type[RagError]] = {
    ModelFailedError: EmbeddingFailedError,
    ModelBusyError: EmbeddingBusyError,
    ModelRejectedError: EmbeddingRejectedError,
    ModelTimeoutError: RetrievalTimeoutError,
}
_NOT_TAKEN = "did not take a connection in time"
_UNREACHABLE = "cannot be reached"
# `Model...` are langchain_core's, which its newer packages raise.
_TIMEOUTS = {
    *("APITimeoutError", "TimeoutError", "TimeoutException"),
    *("ReadTimeoutError", "ModelTimeoutError"),
}
_NOT_REACHED = {
    *("APIConnectionError", "ConnectError", "ConnectionError"),
    *("ClientConnectionError", "ModelConnectionError"),
}
# Seconds or a date, as RFC 9110 has them (10.2.3); anything else is not passed on.
_RETRY_AFTER = re.compile(r"\d{1,9}|\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", re.ASCII)


@dataclass(frozen=True, slots=True)
class HttpOutcome:
    """What HTTP said of a failure: a status from 400 on, and when to ask again, if anything."""

    status: int | None = None
    retry_after: object = None


def outcome_of_status_error(error: BaseException) -> HttpOutcome:
    """The outcome that OpenAI's client tells by an APIStatusError."""
    if "APIStatusError" not in {base.__name__ for base in type(error).__mro__}:
        return HttpOutcome(None, _retry_after(error))
    return HttpOutcome(int(getattr(error, "status_code", 0)), _retry_after(error))


def _retry_after(error: BaseException) -> object:
    headers: Any = getattr(getattr(error, "response", None), "headers", None) or {}
    return headers.get("retry-after")


OutcomeOf = Callable[[BaseException], HttpOutcome]


def model_failure(
    error: BaseException,
    model: str,
    *,
    answering: bool = False,
    outcome_of: OutcomeOf = outcome_of_status_error,
) -> RagError:
    """The domain error for what a chat model raised; its text never quotes `error`.

    `answering`: a part of the answer was there already. `outcome_of`: how its provider tells
    what HTTP said.
    """
    if isinstance(error, RagError):
        return error
    if _is_connect_timeout(error):
        return ConnectTimeoutError(f"the chat model {model!r} {_NOT_TAKEN}")
    outcome = outcome_of(error)
    kind, reason = _classify(error, outcome.status)
    if too_long := _too_long(error):
        kind, reason = ModelFailedError, too_long
    if answering and reason == _UNREACHABLE:
        reason = "broke off its answer"
    return _with_retry_after(kind(f"the chat model {model!r} {reason}"), outcome)


def embedding_failure(
    error: Exception, model: str, *, outcome_of: OutcomeOf = outcome_of_status_error
) -> RagError:
    """The same for what an embedding model raised."""
    if isinstance(error, RagError):
        return error
    if _is_connect_timeout(error):
        return EmbeddingConnectTimeoutError(f"the embedding model {model!r} {_NOT_TAKEN}")
    outcome = outcome_of(error)
    kind, reason = _classify(error, outcome.status)
    if too_long := _too_long(error):
        kind, reason = ModelFailedError, too_long
    failure = _EMBEDDING[kind](f"the embedding model {model!r} {reason}")
    return _with_retry_after(failure, outcome)


def _is_connect_timeout(error: BaseException | None) -> bool:
    while error is not None:
        if type(error).__name__ in ("ConnectTimeout", "ConnectTimeoutError"):
            return True
        error = error.__cause__
    return False


def _too_long(error: BaseException | None) -> str | None:
    """What a server sent too much of, in our words."""
    for _ in range(_MOST_CAUSES):
        if isinstance(error, TooLongError):
            return f"sent {error}"
        if error is None:
            return None
        error = error.__cause__
    return None


def _with_retry_after(failure: RagError, outcome: HttpOutcome) -> RagError:
    value = str(outcome.retry_after or "").strip()
    if _RETRY_AFTER.fullmatch(value):
        failure.retry_after = value
    return failure


def _classify(error: BaseException, status: int | None) -> tuple[type[ModelFailedError], str]:
    # By name: the OpenAI client has moved from httpx to httpx2, other providers have not,
    # and both name these errors alike. Mid-stream they come through unwrapped. And where
    # another provider answers, the OpenAI client is not imported.
    names = {base.__name__ for base in type(error).__mro__}
    if names & _TIMEOUTS:
        return ModelTimeoutError, "did not answer in time"
    if status is not None:
        if status == 429:
            return ModelBusyError, "is over its rate limit (status 429)"
        if status in (401, 403):
            return ModelRejectedError, f"refused the service's credentials (status {status})"
        if status < 500:
            return ModelRejectedError, f"refused the request (status {status})"
        return ModelFailedError, f"failed (status {status})"
    if names & _NOT_REACHED:
        return ModelFailedError, _UNREACHABLE
    if "TransportError" in names:
        return ModelFailedError, "broke off the connection"
    return ModelFailedError, "failed"
