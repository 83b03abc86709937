"""Errors as the clients of a path expect them. Pure.

OpenAI's below `/v1`; JSON-RPC's at `/mcp`; below `/api/chat` the message alone, because `useChat`
shows the whole body; everywhere else ours, as it is.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

OPENAI_PATH = "/v1"
MCP_PATH = "/mcp"
UI_CHAT_PATH = "/api/chat"
_JSON = "application/json"
_INVALID_REQUEST, _INTERNAL = -32600, -32603
_FIELD = re.compile(r"([A-Za-z_][\w-]*(?:\.[\w-]+)*): ")
_OF_FIELDS = frozenset({"invalid_input", "unsupported_parameter", "model_not_found"})
_OF_WHOLE = "body"
_KINDS = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


class Shaped(NamedTuple):
    """An error as it is sent; `headers` beside those that any shape has."""

    status: int
    body: bytes
    media_type: str = _JSON
    headers: Mapping[str, str] = {}


def shaped(problem: Mapping[str, Any], path: str, accept: str) -> Shaped:
    """A problem (see `error_responses.py`) for who asks at a path; `accept`: what is taken."""
    status = problem["status_code"]
    if is_openais(path):
        return Shaped(openai_status(status), orjson.dumps(openai_error(problem)))
    if _is_below(path, MCP_PATH):
        return Shaped(_bad_request(status), orjson.dumps(rpc_error(problem)))
    if _is_below(path, UI_CHAT_PATH) and _JSON not in accept:
        headers = {"x-error-code": str(problem["code"])}
        return Shaped(status, str(problem["message"]).encode(), "text/plain", headers)
    return Shaped(status, orjson.dumps(problem))


def is_openais(path: str) -> bool:
    """Whether clients of OpenAI's API ask there."""
    return _is_below(path, OPENAI_PATH)


def openai_status(status_code: int) -> int:
    """The same in that API: what is wrong with a request's fields is a 400 there."""
    return _bad_request(status_code)


def openai_error(problem: Mapping[str, Any]) -> dict[str, Any]:
    """A problem as an error of that API; `param` names the field."""
    status, message = openai_status(problem["status_code"]), str(problem["message"])
    field = _FIELD.match(message) if problem["code"] in _OF_FIELDS else None
    param = field[1] if field is not None and field[1] != _OF_WHOLE else None
    kind = "server_error" if status >= 500 else "invalid_request_error"
    error = {"message": message, "type": _KINDS.get(status, kind), "param": param}
    return {"error": {**error, "code": problem["code"]}}


def rpc_error(problem: Mapping[str, Any]) -> dict[str, Any]:
    """A problem as JSON-RPC's answer to a message that was not looked at."""
    code = _INTERNAL if problem["status_code"] >= 500 else _INVALID_REQUEST
    error = {"code": code, "message": problem["message"], "data": dict(problem)}
    return {"jsonrpc": "2.0", "id": None, "error": error}


def _bad_request(status_code: int) -> int:
    return 400 if status_code == 422 else status_code


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith(f"{root}/")
