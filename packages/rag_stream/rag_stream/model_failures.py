"""What models raise, as errors of ours that quote nothing of it."""

from rag_stream.errors import (
    EmbeddingFailedError,
    ModelBusyError,
    ModelFailedError,
    ModelRejectedError,
    ModelTimeoutError,
    RagError,
)

_UNREACHABLE = "cannot be reached"


def model_failure(error: BaseException, model: str, *, answering: bool = False) -> RagError:
    """The domain error for what a chat model raised; its text never quotes `error`.

    `answering`: a part of the answer was there already.
    """
    if isinstance(error, RagError):
        return error
    kind, reason = _classify(error)
    if answering and reason == _UNREACHABLE:
        reason = "broke off its answer"
    return kind(f"the chat model {model!r} {reason}")


def embedding_failure(error: Exception, model: str) -> RagError:
    """The same for what an embedding model raised."""
    if isinstance(error, RagError):
        return error
    _, reason = _classify(error)
    return EmbeddingFailedError(f"the embedding model {model!r} {reason}")


def _classify(error: BaseException) -> tuple[type[ModelFailedError], str]:
    # By name: the OpenAI client has moved from httpx to httpx2, other providers have not,
    # and both name these errors alike. Mid-stream they come through unwrapped. And where
    # another provider answers, the OpenAI client is not imported.
    names = {base.__name__ for base in type(error).__mro__}
    if names & {"APITimeoutError", "TimeoutError", "TimeoutException"}:
        return ModelTimeoutError, "did not answer in time"
    if "APIStatusError" in names:
        status = int(getattr(error, "status_code", 0))
        if status == 429:
            return ModelBusyError, "is over its rate limit (status 429)"
        if status in (401, 403):
            return ModelRejectedError, f"refused the service's credentials (status {status})"
        if status < 500:
            return ModelRejectedError, f"refused the request (status {status})"
        return ModelFailedError, f"failed (status {status})"
    if names & {"APIConnectionError", "ConnectError"}:
        return ModelFailedError, _UNREACHABLE
    if "TransportError" in names:
        return ModelFailedError, "broke off the connection"
    return ModelFailedError, "failed"
