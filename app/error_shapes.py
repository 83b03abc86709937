"""Errors as the clients of a path expect them: ours, or OpenAI's below `/v1`. Pure."""

import re
from collections.abc import Mapping
from typing import Any

OPENAI_PATH = "/v1"
_FIELD = re.compile(r"([A-Za-z_][\w-]*(?:\.[\w-]+)*): ")
_OF_FIELDS = frozenset({"invalid_input", "unsupported_parameter", "model_not_found"})
_OF_WHOLE = "body"
_KINDS = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


def is_openais(path: str) -> bool:
    """Whether clients of OpenAI's API ask there."""
    return path == OPENAI_PATH or path.startswith(f"{OPENAI_PATH}/")


def openai_status(status_code: int) -> int:
    """The same in that API: what is wrong with a request's fields is a 400 there."""
    return 400 if status_code == 422 else status_code


def openai_error(problem: Mapping[str, Any]) -> dict[str, Any]:
    """A problem (see `error_responses.py`) as an error of that API; `param` names the field."""
    status, message = openai_status(problem["status_code"]), str(problem["message"])
    field = _FIELD.match(message) if problem["code"] in _OF_FIELDS else None
    param = field[1] if field is not None and field[1] != _OF_WHOLE else None
    kind = "server_error" if status >= 500 else "invalid_request_error"
    error = {"message": message, "type": _KINDS.get(status, kind), "param": param}
    return {"error": {**error, "code": problem["code"]}}
