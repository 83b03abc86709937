"""What a caller says of an answer it was given."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.errors import FeedbackOffError
from app.feedback.answered import Verdict
from app.routes import paths
from app.routes.caller import caller_of
from app.routes.request_body import read_object
from app.state import AppState
from app.streaming.sse import dumps
from rag_stream.errors import InvalidInputError
from rag_stream.excerpts import named, shown

MAX_COMMENT_CHARS = 4_000
SCORES = (-1, 0, 1)
_FIELDS = ("run_id", "score", "comment")
_LONGEST_ID = 45
_BODY = {
    "required": ["run_id", "score"],
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "run_id": {"type": "string", "format": "uuid"},
        "score": {"type": "integer", "enum": list(SCORES)},
        "comment": {"type": ["string", "null"], "maxLength": MAX_COMMENT_CHARS},
    },
}

_KEPT = {
    "required": ["run_id", "score", "comment", "replaced"],
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "run_id": {"type": "string", "format": "uuid"},
        "score": {"type": "integer", "enum": list(SCORES)},
        "comment": {"type": ["string", "null"]},
        "replaced": {"type": "boolean", "description": "Whether something was said before."},
    },
}


def feedback_routes(state: AppState) -> APIRouter:
    """`/feedback`."""
    router = APIRouter(tags=["feedback"])
    taken = {"required": True, "content": {"application/json": {"schema": _BODY}}}
    kept = {"description": "It is kept.", "content": {"application/json": {"schema": _KEPT}}}

    @router.post(
        paths.FEEDBACK,
        response_class=Response,
        responses={200: kept},
        openapi_extra={"requestBody": taken},
    )
    async def give(request: Request) -> Response:
        """Say of an answer that it is good (1), bad (-1) or neither (0), and why.

        Within 24 hours, by who asked; again to say something else instead.
        """
        if not state.feedback.is_on:
            raise FeedbackOffError("this service takes no feedback (RAG_FEEDBACK=off)")
        verdict = verdict_of(await read_object(request, state.settings.body_timeout_s))
        is_again = await state.feedback.give(caller_of(request), verdict)
        body = {
            "run_id": verdict.run_id,
            "score": verdict.score,
            "comment": verdict.comment,
            "replaced": is_again,
        }
        return Response(dumps(body), media_type="application/json")

    return router


def verdict_of(body: dict[str, Any]) -> Verdict:
    """What a request's body says. Raises InvalidInputError naming the field."""
    for field in body:
        if field not in _FIELDS:
            raise InvalidInputError(f"{named(field)}: no such field, expected {', '.join(_FIELDS)}")
    return Verdict(_run_id(body.get("run_id")), _score(body.get("score")), _comment(body))


def _run_id(given: Any) -> str:
    try:
        if isinstance(given, str) and len(given) <= _LONGEST_ID:
            return str(UUID(given))
    except ValueError:
        pass
    raise InvalidInputError(f"run_id: expected the id of a run, a UUID, got {_got(given)}")


def _score(given: Any) -> int:
    if type(given) is int and given in SCORES:  # True is no score
        return given
    raise InvalidInputError(f"score: expected -1, 0 or 1, got {_got(given)}")


def _got(given: Any) -> str:
    return "nothing" if given is None else shown(given)


def _comment(body: dict[str, Any]) -> str | None:
    given = body.get("comment")
    if given is None:
        return None
    if not isinstance(given, str):
        raise InvalidInputError(f"comment: expected a string, got {shown(given)}")
    if len(given) > MAX_COMMENT_CHARS:
        raise InvalidInputError(
            f"comment: expected at most {MAX_COMMENT_CHARS} characters, got {len(given)}"
        )
    return given if given.strip() else None
