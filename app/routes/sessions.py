"""A caller's kept conversations: listed, read and removed. How they come about: `sessions/`."""

from contextlib import suppress

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.errors import SessionNotFoundError
from app.routes import paths
from app.routes.caller import caller_of
from app.sessions.config_keys import session_id_of
from app.sessions.manager import Sessions
from app.streaming.sse import dumps
from rag_stream.errors import InvalidInputError
from rag_stream.excerpts import shown

SESSIONS_LIMIT, MAX_SESSIONS = 50, 200
TURNS_LIMIT, MAX_TURNS = 100, 500
_LONGEST_NUMBER = 15


def session_routes(sessions: Sessions) -> APIRouter:
    """`/chat/sessions` and what is below it."""
    router = APIRouter(prefix=paths.SESSIONS, tags=["sessions"])

    @router.get("", response_class=Response)
    async def listed(request: Request) -> Response:
        """The caller's sessions, the latest used first.

        `?limit=` of a page (50; at most 200), `?before=` the `next` of the page before.
        """
        limit = _number(request, "limit", SESSIONS_LIMIT, 1, MAX_SESSIONS)
        rows = await sessions.listed(caller_of(request), limit + 1, _before(request))
        page, more = rows[:limit], rows[limit:]
        last = f"{page[-1]['used_ms']}-{page[-1]['session_id']}" if more else None
        for row in page:
            del row["used_ms"]
        return _json({"sessions": page, "next": last})

    @router.get("/{session_id:path}", response_class=Response)
    async def one(request: Request, session_id: str) -> Response:
        """One of them with its turns, oldest first.

        `?limit=` of a page (100; at most 500), `?after=` the `next` of the page before.
        """
        limit = _number(request, "limit", TURNS_LIMIT, 1, MAX_TURNS)
        after = _number(request, "after", 0, 0, 10**_LONGEST_NUMBER)
        session = await sessions.shown(_name(session_id), caller_of(request), limit + 1, after)
        page, more = session["turns"][:limit], session["turns"][limit:]
        return _json({**session, "turns": page, "next": page[-1]["turn"] if more else None})

    @router.delete("/{session_id:path}", status_code=204, response_class=Response)
    async def delete(request: Request, session_id: str) -> Response:
        """Remove one of them; a turn that goes on is answered to its end and not kept."""
        await sessions.delete(_name(session_id), caller_of(request))
        return Response(status_code=204)

    return router


def _json(body: object) -> Response:
    return Response(dumps(body), media_type="application/json")


def _name(given: str) -> str:
    """Raises SessionNotFoundError for what can be the name of none."""
    try:
        return session_id_of(given)
    except InvalidInputError:
        raise SessionNotFoundError("there is no such session") from None


def _number(request: Request, name: str, default: int, least: int, most: int) -> int:
    value = request.query_params.get(name)
    if not value:
        return default
    is_number = value.isascii() and value.isdigit() and len(value) <= _LONGEST_NUMBER
    if is_number and least <= int(value) <= most:
        return int(value)
    raise InvalidInputError(
        f"{name}: expected a whole number from {least} to {most}, got {shown(value)}"
    )


def _before(request: Request) -> tuple[int, str] | None:
    value = request.query_params.get("before")
    if not value:
        return None
    used, _, name = value.partition("-")
    is_number = used.isascii() and used.isdigit() and len(used) <= _LONGEST_NUMBER
    with suppress(InvalidInputError):
        if is_number:
            return int(used), session_id_of(name)
    raise InvalidInputError(f"before: expected the 'next' of a page, got {shown(value)}")
