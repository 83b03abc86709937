"""The documentation of the service as it is: which errors a route gives, and in which shape.

FastAPI documents errors of its own that nobody sees here, and takes a stream for JSON.
"""

import re
from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI

from app.error_shapes import is_openais, openai_status
from app.openai import schemas as openai
from app.route_errors import STREAMS, errors_of
from app.route_parameters import parameters_of
from app.routes import paths
from app.sessions.schemas import SESSION, SESSION_LIST
from rag_stream.citations.address import SOURCES
from rag_stream.errors import RagError

STREAM = "text/event-stream"
_JSON = "application/json"
_RESUMING = [f"{runs}/{{run_id}}/stream" for runs in (paths.RUNS, paths.CHAT_RUNS)]
_UNREAD = ("400", "431", "503")
"""Errors of connections, too, before their request is read."""
_THEIRS = ("HTTPValidationError", "ValidationError")

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
    schemas |= {"Session": SESSION, "SessionList": SESSION_LIST, **openai.SCHEMAS}
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
            if told := parameters_of(method, path):
                operation["parameters"] = [*operation.get("parameters", ()), *told]
            responses.pop("422", None)
            if path.endswith(STREAMS):
                responses["200"] = _events(method)
            if path in _RESUMING:
                responses["204"] = {"description": "No events are left."}
            if path.startswith(SOURCES):
                responses["200"] = _shown()
            if path.startswith(paths.SESSIONS) and method == "get":
                shown = "Session" if "{" in path else "SessionList"
                responses["200"] = {**_response(shown), "description": "A page of it."}
            responses |= _problems(errors_of(method, path), path)
            if path.startswith(paths.UI_CHAT):
                _tell_of_chats(method, path, operation)
            if is_openais(path):
                _tell_of_completions(method, path, operation)
            if path == "/readyz":
                _tell_of_readiness(responses)
    return document


def _problems(errors: Iterable[type[RagError]], path: str) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    schema = "OpenAIError" if is_openais(path) else "Problem"
    for error in sorted(errors, key=lambda error: error.status_code):
        words = re.sub(r"\s+", " ", (error.__doc__ or "").partition("\n\n")[0])
        line = f"- `{error.code}`: {words}"
        if error is RagError:
            line = f"- `{error.code}`: A fault of ours; the log has it."
        status = openai_status(error.status_code) if is_openais(path) else error.status_code
        response = responses.setdefault(str(status), _response(schema))
        response["description"] = "\n".join(filter(None, [response["description"], line]))
        if error.retry_after is not None or error.status_code == 429:
            words = "Seconds, or a date; where asking again may help."
            response["headers"] = {
                "Retry-After": {"description": words, "schema": {"type": "string"}}
            }
    return responses


def _response(schema: str) -> dict[str, Any]:
    return {"description": "", "content": {_JSON: {"schema": _ref(schema)}}}


def _ref(schema: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{schema}"}


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


def _tell_of_completions(method: str, path: str, operation: dict[str, Any]) -> None:
    """OpenAI's shapes; ours where a connection is refused whose request nobody has read."""
    responses = operation["responses"]
    for status in _UNREAD:
        content = responses[status]["content"][_JSON]
        content["schema"] = {"anyOf": [content["schema"], _ref("Problem")]}
    if method == "post":
        asked = {"required": True, "content": {_JSON: {"schema": _ref("ChatCompletionRequest")}}}
        operation["requestBody"] = asked
        whole = {_JSON: {"schema": _ref("ChatCompletion")}, STREAM: {"schema": {"type": "string"}}}
        responses["200"] = {"description": openai.ANSWER, "content": whole}
        return
    shown = "Model" if "{" in path else "ModelList"
    responses["200"] = {**_response(shown), "description": "There is one model."}


def _tell_of_readiness(responses: dict[str, Any]) -> None:
    responses["200"] = {**_response("Readiness"), "description": "Questions can be answered."}
    content = responses["503"]["content"][_JSON]
    content["schema"] = {"anyOf": [content["schema"], _ref("Readiness")]}
    responses["503"]["description"] += "\n- or the reasons why none can be."
