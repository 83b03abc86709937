"""What can go wrong at the edge: with a request itself or with a run that outlives it.

They are reported as all errors of this project are; `rag_stream.errors` says how.
"""

from rag_stream.errors import RagError


class OverloadedError(RagError):
    """There are as many runs, connections or arriving bodies as this worker may have."""

    status_code = 503
    code = "overloaded"
    retryable = True
    retry_after = "1"


class ShuttingDownError(RagError):
    """This worker is about to end and takes no new runs."""

    status_code = 503
    code = "shutting_down"
    retryable = True
    retry_after = "1"


class RunCancelledError(RagError):
    """Somebody stopped the run before its end."""

    status_code = 499
    code = "cancelled"


class RunNotFoundError(RagError):
    """There is no such run, or none any more, or it is somebody else's."""

    status_code = 404
    code = "run_not_found"


class SourceNotFoundError(RagError):
    """The index holds no such chunk, or none any more."""

    status_code = 404
    code = "source_not_found"


class McpMissingError(RagError):
    """The library that MCP takes is not installed here."""

    status_code = 501
    code = "mcp_not_installed"


class EventsGoneError(RagError):
    """The run is there, but no longer the events that were asked for."""

    status_code = 410
    code = "events_gone"


class RunLostError(RagError):
    """The worker that made the run has gone, and the rest of the answer with it."""

    status_code = 502
    code = "run_lost"
    stage = "generate"
    retryable = True


class RunStoreError(RagError):
    """The store that workers share their runs through does not answer."""

    status_code = 503
    code = "run_store_unavailable"
    retryable = True


class ResumeUnavailableError(RagError):
    """This service keeps no runs to come back to."""

    status_code = 503
    code = "resume_unavailable"


class BodyTimeoutError(RagError):
    """The request's body did not arrive in time."""

    status_code = 408
    code = "body_timeout"
    retryable = True


class StopTimeoutError(RagError):
    """A run that was told to stop has not ended in time."""

    status_code = 504
    code = "stop_timeout"
    retryable = True


class BodyTooLargeError(RagError):
    """The request's body is larger than any question can be."""

    status_code = 413
    code = "body_too_large"


class BadRequestError(RagError):
    """What arrived is no HTTP request that could be answered."""

    status_code = 400
    code = "bad_request"


class HeadTooLargeError(RagError):
    """The request has more or longer headers than any question needs."""

    status_code = 431
    code = "head_too_large"


class HostNotAllowedError(RagError):
    """The request is for a host that this service does not go by (RAG_ALLOWED_HOSTS)."""

    status_code = 421
    code = "host_not_allowed"


class NotJsonError(RagError):
    """The request's body says of itself that it is something other than JSON."""

    status_code = 415
    code = "not_json"


class SessionNotFoundError(RagError):
    """There is no such session, or none any more, or it is somebody else's."""

    status_code = 404
    code = "session_not_found"


class SessionBusyError(RagError):
    """Another turn of the same session has gone on for as long as this one may wait."""

    status_code = 409
    code = "session_busy"
    retryable = True
    retry_after = "5"


class SessionStoreError(RagError):
    """The database that sessions are kept in does not answer."""

    status_code = 503
    code = "session_store_unavailable"
    retryable = True
    retry_after = "5"


class FeedbackOffError(RagError):
    """This service takes no feedback (RAG_FEEDBACK)."""

    status_code = 404
    code = "feedback_off"


class SessionsOffError(RagError):
    """This service keeps no sessions (RAG_SESSIONS)."""

    status_code = 404
    code = "sessions_off"
