"""The errors that each route of the service may answer with."""

from app import errors as edge
from app.error_shapes import OPENAI_PATH
from app.openai.errors import ModelNotFoundError, UnsupportedParameterError
from app.routes import paths
from rag_stream import errors as core
from rag_stream.citations.address import SOURCES
from rag_stream.errors import RagError

STREAMS = ("/stream", "/stream_log", "/stream_events")
EVERYWHERE: tuple[type[RagError], ...] = (
    *(edge.BadRequestError, edge.BodyTooLargeError, edge.HostNotAllowedError),
    *(edge.HeadTooLargeError, RagError, edge.OverloadedError),
)
"""Of any request; RagError stands for a fault of ours."""
WITH_LINK = (*EVERYWHERE, core.InvalidInputError)
_ASKED = (
    *WITH_LINK,
    *(edge.NotJsonError, edge.BodyTimeoutError, edge.ShuttingDownError),
    *(core.ModelBusyError, core.EmbeddingBusyError),
    *(core.ModelFailedError, core.ModelRejectedError),
    *(core.EmbeddingFailedError, core.EmbeddingRejectedError, core.IndexUnavailableError),
    *(core.IndexEmptyError, core.EmbeddingMismatchError, core.WeightsError),
    *(core.ConnectTimeoutError, core.RetrievalTimeoutError),
    *(core.FirstTokenTimeoutError, core.TokenTimeoutError, core.AnswerTimeoutError),
)
_STREAMED = (edge.ResumeUnavailableError, edge.RunStoreError)
QUESTIONS = (
    *_ASKED,
    *(edge.SessionNotFoundError, edge.SessionBusyError, edge.SessionStoreError),
)
STREAMED_QUESTIONS = (*QUESTIONS, *_STREAMED)
CHATS = (*_ASKED, *_STREAMED)
"""Whose clients keep the conversation."""
COMING_BACK = (
    *WITH_LINK,
    *(edge.RunNotFoundError, edge.EventsGoneError, edge.RunLostError),
    *(edge.RunStoreError, edge.ShuttingDownError),
)
SESSIONS = (
    *EVERYWHERE,
    *(edge.SessionNotFoundError, edge.SessionStoreError, edge.SessionsOffError),
)
LISTING = (
    *WITH_LINK,
    *(core.IndexUnavailableError, core.IndexEmptyError, core.IndexConnectTimeoutError),
    core.RetrievalTimeoutError,
)
SOURCE = (*LISTING, edge.SourceNotFoundError)
FEEDBACK = (
    *WITH_LINK,
    *(edge.NotJsonError, edge.BodyTimeoutError),
    *(edge.RunNotFoundError, edge.FeedbackOffError, edge.SessionStoreError),
)
STOPPING = (*EVERYWHERE, edge.RunNotFoundError, edge.RunStoreError, edge.StopTimeoutError)
STOPPING_CHATS = (
    *(*WITH_LINK, edge.NotJsonError),
    *(edge.RunStoreError, edge.StopTimeoutError),
)
COMPLETIONS = (*_ASKED, UnsupportedParameterError, ModelNotFoundError)
ONE_MODEL = (*EVERYWHERE, ModelNotFoundError)


def errors_of(method: str, path: str) -> tuple[type[RagError], ...]:
    """What an operation can fail with."""
    if path.startswith((f"{paths.RUNS}/", f"{paths.CHAT_RUNS}/")):
        return STOPPING if method == "delete" else COMING_BACK
    if path.startswith(paths.SESSIONS):
        return SESSIONS if method == "delete" else (*SESSIONS, core.InvalidInputError)
    if path.startswith(paths.UI_CHAT):
        if path.endswith("/stop"):
            return STOPPING_CHATS
        return COMING_BACK if method == "get" else CHATS
    if path.startswith(SOURCES):
        return LISTING if path == SOURCES else SOURCE
    if path == paths.FEEDBACK:
        return FEEDBACK
    if path.startswith(OPENAI_PATH):
        if method == "post":
            return COMPLETIONS
        return ONE_MODEL if "{" in path else EVERYWHERE
    if path.startswith((f"{paths.CHAIN}/", f"{paths.CHAT}/")) and method == "post":
        return STREAMED_QUESTIONS if path.endswith(STREAMS) else QUESTIONS
    return WITH_LINK if "{config_hash}" in path else EVERYWHERE
