"""The documentation of the service as it is: which errors a route gives, and in which shape.

FastAPI documents errors of its own that nobody sees here, and takes a stream for JSON.
"""

import re
from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI

from app import errors as edge
from app.routes import paths
from app.sessions.schemas import SESSION, SESSION_LIST
from rag_stream import errors as core
from rag_stream.citations.address import SOURCES
from rag_stream.errors import RagError

STREAM = "text/event-stream"
_JSON = "application/json"
_STREAMS = ("/stream", "/stream_log", "/stream_events")
_RESUMING = [f"{runs}/{{run_id}}/stream" for runs in (paths.RUNS, paths.CHAT_RUNS)]
_THEIRS = ("HTTPValidationError", "ValidationError")

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

PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "description": "Why there is no answer: the body of every error, and an `error` event's data.",
    "type": "object",
    "properties": {
        "status_code": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; for programs."},
        "stage": {"type": "string", "enum": ["request", "retrieve", "generate"]},
        "message": {"type": "string", "description": "For people."},
        "retryable": {"type": "boolean", "description": "Whether asking again may help."},
        "run_id": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
    "required": ["status_code", "code", "stage", "message", "retryable", "run_id"],
    "additionalProperties": False,
}
READINESS: dict[str, Any] = {
    "title": "Readiness",
    "type": "object",
    "properties": {
        "status": {"type": "string", "enum": ["ready", "not ready"]},
        "reasons": {"type": "array", "items": {"type": "string"}},
        "notes": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["status"],
    "additionalProperties": False,
}


def install(app: FastAPI) -> None:
    """Make the `/openapi.json` of the application true."""
    generated = app.openapi

    def openapi() -> dict[str, Any]:
        return app.openapi_schema or corrected(generated())  # which is kept, and corrected once

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's own way to do it


def corrected(document: dict[str, Any]) -> dict[str, Any]:
    """FastAPI's document with our errors, streams and the bounds of a question."""
    schemas = document["components"]["schemas"]
    for name in _THEIRS:
        schemas.pop(name, None)
    schemas |= {"Problem": PROBLEM, "Readiness": READINESS}
    schemas |= {"Session": SESSION, "SessionList": SESSION_LIST}
    # The page's form needs the default that the chain's own schema has, see `schema.py`.
    question = schemas["Question"]["properties"]["input"]
    question.pop("default", None)
    question |= {
        "minLength": 1,
        "pattern": r"\S",
        "description": "An empty or blank question is a 422.",
    }
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            responses = operation["responses"]
            responses.pop("422", None)
            if path.endswith(_STREAMS):
                responses["200"] = _events(method)
            if path in _RESUMING:
                responses["204"] = {"description": "No events are left."}
            if path.startswith(SOURCES):
                responses["200"] = _shown()
            if path.startswith(paths.SESSIONS) and method == "get":
                shown = "Session" if "{" in path else "SessionList"
                responses["200"] = {**_response(shown), "description": "A page of it."}
            responses |= _problems(errors_of(method, path))
            if path.startswith(paths.UI_CHAT):
                _tell_of_chats(method, path, operation)
            if path == "/readyz":
                _tell_of_readiness(responses)
    return document


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
    if path.startswith((f"{paths.CHAIN}/", f"{paths.CHAT}/")) and method == "post":
        return STREAMED_QUESTIONS if path.endswith(_STREAMS) else QUESTIONS
    return WITH_LINK if "{config_hash}" in path else EVERYWHERE


def _problems(errors: Iterable[type[RagError]]) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for error in sorted(errors, key=lambda error: error.status_code):
        words = re.sub(r"\s+", " ", (error.__doc__ or "").partition("\n\n")[0])
        line = f"- `{error.code}`: {words}"
        if error is RagError:
            line = f"- `{error.code}`: A fault of ours; the log has it."
        response = responses.setdefault(str(error.status_code), _response("Problem"))
        response["description"] = "\n".join(filter(None, [response["description"], line]))
        if error.retry_after is not None or error.status_code == 429:
            words = "Seconds, or a date; where asking again may help."
            response["headers"] = {
                "Retry-After": {"description": words, "schema": {"type": "string"}}
            }
    return responses


def _response(schema: str) -> dict[str, Any]:
    content = {_JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": "", "content": content}


def _events(method: str) -> dict[str, Any]:
    again = "The events that are left. " if method == "get" else ""
    words = (
        f"{again}Server-sent events: `metadata`, `data` and, last, `end`; or one `error` "
        "as the last event, whose data is a Problem."
    )
    return {"description": words, "content": {STREAM: {"schema": {"type": "string"}}}}


def _shown() -> dict[str, Any]:
    kinds = {"text/html": {"type": "string"}, _JSON: {"type": "object"}}
    words = "A page; JSON for who accepts that rather, or asks for `format=json`."
    return {"description": words, "content": {kind: {"schema": s} for kind, s in kinds.items()}}


def _tell_of_chats(method: str, path: str, operation: dict[str, Any]) -> None:
    """A body that we read ourselves, a stream of its own, errors as text for who shows them."""
    responses = operation["responses"]
    text = {"schema": {"type": "string", "description": "The message, unless JSON is accepted."}}
    for status, response in responses.items():
        if status >= "400":
            response["content"]["text/plain"] = text
    if path.endswith("/stop"):
        responses["204"] = {"description": "No answer is coming any more."}
        return
    words = "The AI SDK's UI message stream, version 1; docs/ai-sdk.md."
    responses["200"] = {"description": words, "content": {STREAM: {"schema": {"type": "string"}}}}
    if method == "get":
        responses["204"] = {"description": "No answer is coming."}
        return
    messages = {"type": "array", "items": {"type": "object"}, "minItems": 1}
    schema = {
        "type": "object",
        "properties": {"id": {"type": "string", "minLength": 1}, "messages": messages},
        "required": ["id", "messages"],
    }
    operation["requestBody"] = {"required": True, "content": {_JSON: {"schema": schema}}}


def _tell_of_readiness(responses: dict[str, Any]) -> None:
    responses["200"] = {**_response("Readiness"), "description": "Questions can be answered."}
    content = responses["503"]["content"][_JSON]
    both = [content["schema"], {"$ref": "#/components/schemas/Readiness"}]
    content["schema"] = {"anyOf": both}
    responses["503"]["description"] += "\n- or the reasons why none can be."
