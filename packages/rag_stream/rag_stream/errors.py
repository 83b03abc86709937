"""What can go wrong, in the words of the domain.

Every error carries what an edge needs to report it: an HTTP status, a stable
`code`, the `stage` of the question it belongs to and whether asking again may
help. `str(error)` is written for the person who asked: it never holds the text
of another exception, a key, a prompt or a path on the server. The cause stays
reachable through `raise ... from exc` for the log.
"""

from typing import ClassVar


class RagError(Exception):
    """Anything this package reports on purpose."""

    status_code: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    stage: ClassVar[str] = "request"
    retryable: ClassVar[bool] = False
    retry_after: str | None = None
    """When to ask again, as HTTP's Retry-After has it: seconds or a date."""


class SettingsError(RagError):
    """A setting is missing or has a value that cannot be used; names the variable."""

    code = "bad_setting"


class InvalidInputError(RagError):
    """The question does not have the declared shape; names the field."""

    status_code = 422
    code = "invalid_input"


class WeightsError(RagError):
    """The local embedding model's files are missing, damaged or cannot be fetched."""

    status_code = 503
    code = "model_files_missing"
    stage = "retrieve"


class IndexUnavailableError(RagError):
    """The store that holds the index does not answer."""

    status_code = 502
    code = "index_unavailable"
    stage = "retrieve"
    retryable = True


class IndexConnectTimeoutError(IndexUnavailableError):
    """The store's server did not take the connection in time (RAG_CONNECT_TIMEOUT_S)."""

    status_code = 504
    code = "connect_timeout"


class IndexMovedError(IndexUnavailableError):
    """What was found is not of the snapshot searched; with a new one it may be (retriever.py)."""


class IndexEmptyError(RagError):
    """Nothing has been ingested yet; names the command that fixes it."""

    status_code = 503
    code = "index_empty"
    stage = "retrieve"


class EmbeddingMismatchError(RagError):
    """The index was built with another embedding model; names the command that fixes it."""

    status_code = 503
    code = "embedding_mismatch"
    stage = "retrieve"


class IndexBusyError(RagError):
    """Another ingest run is writing to the same collection."""

    status_code = 503
    code = "index_busy"
    stage = "ingest"
    retryable = True


class EmbeddingFailedError(RagError):
    """The embedding model could not turn the question into a vector."""

    status_code = 502
    code = "embedding_failed"
    stage = "retrieve"
    retryable = True


class EmbeddingRejectedError(EmbeddingFailedError):
    """The embedding model refused our credentials or the request; asking again will not help."""

    retryable = False


class EmbeddingBusyError(EmbeddingFailedError):
    """The embedding model's rate limit was hit."""

    status_code = 429
    code = "embedding_busy"


class ConnectTimeoutError(RagError):
    """The chat model's server did not take the connection in time (RAG_CONNECT_TIMEOUT_S)."""

    status_code = 504
    code = "connect_timeout"
    stage = "generate"
    retryable = True


class EmbeddingConnectTimeoutError(ConnectTimeoutError):
    """The same of the embedding model's server."""

    stage = "retrieve"


class RetrievalTimeoutError(RagError):
    """The documents were not found in time (RAG_RETRIEVAL_TIMEOUT_S)."""

    status_code = 504
    code = "retrieval_timeout"
    stage = "retrieve"
    retryable = True


class ModelFailedError(RagError):
    """The chat model refused the request or broke off."""

    status_code = 502
    code = "model_failed"
    stage = "generate"
    retryable = True


class ModelRejectedError(ModelFailedError):
    """The chat model refused our credentials or the request itself; asking again will not help."""

    code = "model_rejected"
    retryable = False


class ModelBusyError(ModelFailedError):
    """The chat model's rate limit was hit."""

    status_code = 429
    code = "model_busy"


class ModelTimeoutError(ModelFailedError):
    """The chat model did not answer in time."""

    status_code = 504
    code = "model_timeout"


class FirstTokenTimeoutError(ModelTimeoutError):
    """The answer did not begin in time (RAG_FIRST_TOKEN_TIMEOUT_S)."""

    code = "first_token_timeout"


class TokenTimeoutError(ModelTimeoutError):
    """The chat model fell silent in the middle of its answer (RAG_TOKEN_TIMEOUT_S)."""

    code = "token_timeout"


class AnswerTimeoutError(ModelTimeoutError):
    """The whole answer took too long (RAG_ANSWER_TIMEOUT_S)."""

    code = "answer_timeout"


class SourceError(RagError):
    """One source could not be ingested; says which and why."""

    status_code = 422
    code = "bad_source"
    stage = "ingest"
