"""Failures on their way to a client: one JSON shape for responses and stream events."""

import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Scope

from app.error_shapes import shaped
from app.errors import BodyTooLargeError, OverloadedError
from app.lifecycle import descriptors
from rag_stream.errors import InvalidInputError, RagError
from rag_stream.excerpts import path_of, printable, sentences

_LONGEST_CAUSE = 500
_LONGEST_MESSAGE = 4_000
_OF_STATUS = {error.status_code: error for error in (BodyTooLargeError, OverloadedError)}
"""What the framework has to be told by a status alone."""
_SECRET = re.compile(r"(\bbearer\s+|\b(?:sk|gsk|xai|pk|hf)[-_])[\w.~+/=-]{6,}", re.IGNORECASE)
"""Keys as they are usually written: a model's server that refuses ours may repeat it."""
log = logging.getLogger("rag_stream.app")


def describe_failure(error: BaseException, run_id: str | None = None) -> dict[str, Any]:
    """What a client learns: status_code, code, stage, message, retryable, run_id.

    Of an error that is not ours nothing but its being internal; the log has the rest.
    """
    error = _told(error)
    if isinstance(error, RagError):
        fields = (error.status_code, error.code, error.stage, str(error), error.retryable)
    else:
        fields = (500, "internal", "request", "Internal error; the log has it by run id.", False)
    return _problem(*fields, run_id)


def log_failure(error: BaseException, run_id: str | None = None) -> None:
    """One line with run id, stage and cause; a traceback only for what is not ours.

    A question that is none is no failure of the service's.
    """
    if isinstance(error, InvalidInputError):
        return
    what = "a request" if run_id is None else f"run {printable(run_id, _LONGEST_CAUSE)}"
    if isinstance(error, RagError):
        causes = " < ".join(map(_one_line, _causes(error)))
        because = f"; cause: {causes}" if causes else ""
        # What a client did or wanted itself is none of the operator's worries.
        is_clients = error.stage == "request" and error.status_code < 500
        level = logging.INFO if is_clients else logging.ERROR
        message = printable(str(error), _LONGEST_MESSAGE)
        log.log(level, "%s failed, stage %s: %s%s", what, error.stage, message, because)
    elif descriptors.are_lacking(error):
        log.error("%s failed, stage request: %s", what, _one_line(error))
    else:
        log.error("%s failed, stage request", what, exc_info=error)


def _told(error: BaseException) -> BaseException:
    """What a client is told of: it is not the fault of a model or store that it is not reached."""
    if not descriptors.are_lacking(error):
        return error
    return OverloadedError("this worker has as many connections open as it may; ask again")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """What led to it, the nearest first."""
    seen = {id(error)}
    cause = error.__cause__
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__


def _one_line(cause: BaseException) -> str:
    # Others wrote it: it shall not look like lines of ours.
    words = " ".join(str(cause)[: 10 * _LONGEST_CAUSE].split())
    words = printable(_SECRET.sub(r"\1***", words), _LONGEST_CAUSE)
    return f"{type(cause).__name__}: {words}" if words else type(cause).__name__


def problem_response(
    error: BaseException, run_id: str | None = None, *, scope: Scope | None = None
) -> Response:
    """The HTTP error for a failure before anything was sent, as who sent `scope` expects it."""
    headers = {}
    error = _told(error)
    if isinstance(error, RagError):
        retry_after = error.retry_after or ("1" if error.status_code == 429 else None)
        if retry_after is not None:
            headers["retry-after"] = retry_after
        if error.status_code == 408:
            headers["connection"] = "close"  # the rest of the request may be on its way yet
    return _respond(describe_failure(error, run_id), headers, scope)


def install(app: FastAPI) -> None:
    """Give every error of the app the one shape."""

    async def on_rag_error(request: Request, error: Exception) -> Response:
        log_failure(error)
        return problem_response(error, scope=request.scope)

    async def on_leaving(request: Request, error: Exception) -> Response:
        return Response(status_code=400)  # to nobody: the client left before its request was there

    async def on_bad_request(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - what it is registered for
        told = InvalidInputError(sentences(map(_sentence, error.errors())))
        return problem_response(told, scope=request.scope)

    async def on_http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for
        message = str(error.detail)
        if of_ours := _OF_STATUS.get(error.status_code):
            return problem_response(of_ours(message), scope=request.scope)
        code = InvalidInputError.code if error.status_code == 422 else "http_error"
        problem = _problem(error.status_code, code, "request", message, False, None)
        return _respond(problem, error.headers, request.scope)

    async def on_anything(request: Request, error: Exception) -> Response:
        log_failure(error)
        return problem_response(error, scope=request.scope)

    app.add_exception_handler(RagError, on_rag_error)
    app.add_exception_handler(ClientDisconnect, on_leaving)
    app.add_exception_handler(RequestValidationError, on_bad_request)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(Exception, on_anything)


def _sentence(item: Any) -> str:
    if not isinstance(item, Mapping):
        return printable(str(item), _LONGEST_CAUSE)
    where = path_of(item.get("loc", ()))
    message = printable(str(item.get("msg", "invalid")), _LONGEST_CAUSE)
    return f"{where}: {message}" if where else message


def _problem(
    status_code: int, code: str, stage: str, message: str, retryable: bool, run_id: str | None
) -> dict[str, Any]:
    return {
        "status_code": status_code,
        "code": code,
        "stage": stage,
        "message": message,
        "retryable": retryable,
        "run_id": run_id,
    }


def _route_of(scope: Scope) -> str:
    """The path of a request below where the service is mounted."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path.removeprefix(root.rstrip("/"))


def _respond(
    problem: dict[str, Any], headers: Mapping[str, str] | None, scope: Scope | None
) -> Response:
    path = accept = ""
    if scope is not None:
        path, accept = _route_of(scope), Headers(scope=scope).get("accept", "")
    told = shaped(problem, path, accept)
    return Response(told.body, told.status, {**(headers or {}), **told.headers}, told.media_type)
