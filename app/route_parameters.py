"""What routes read of an address or a head themselves, for the documentation of the service."""

from typing import Any

from app.openai.schemas import HEADERS
from app.route_errors import STREAMS
from app.routes import paths
from app.routes.resume_headers import ON_DISCONNECT
from app.routes.sessions import MAX_SESSIONS, MAX_TURNS, SESSIONS_LIMIT, TURNS_LIMIT

_NUMBER: dict[str, Any] = {"type": "integer", "minimum": 0}
_TEXT: dict[str, Any] = {"type": "string"}


def parameters_of(method: str, path: str) -> list[dict[str, Any]]:
    """Those of an operation beside the ones that FastAPI knows of."""
    if method == "get" and path.startswith((f"{paths.RUNS}/", f"{paths.CHAT_RUNS}/")):
        return [
            _query("after", "The number of the last event that is known.", _NUMBER),
            _header("Last-Event-ID", "The same, as `EventSource` sends it; it wins.", _NUMBER),
        ]
    if method == "get" and path.startswith(paths.SESSIONS):
        if "{" in path:
            after = _query("after", "The `next` of the page before.", _NUMBER)
            return [_limit(TURNS_LIMIT, MAX_TURNS), after]
        before = _query("before", "The `next` of the page before.", _TEXT)
        return [_limit(SESSIONS_LIMIT, MAX_SESSIONS), before]
    if path.startswith(f"{paths.UI_CHAT}/") and method == "get":
        words = "`true`: an answer that has ended, too, as long as it is kept."
        return [_query("ended", words, {"type": "string", "enum": ["true"]})]
    if method != "post":
        return []
    if path.endswith("/chat/completions"):
        return HEADERS
    is_streamed = path == paths.UI_CHAT or (
        path.startswith((f"{paths.CHAIN}/", f"{paths.CHAT}/")) and path.endswith(STREAMS)
    )
    if not is_streamed:
        return []
    words = "What becomes of the answer when its client leaves."
    kinds = {"type": "string", "enum": ["cancel", "continue"]}
    return [_header(ON_DISCONNECT, words, kinds)]


def _limit(otherwise: int, most: int) -> dict[str, Any]:
    bounds = {"type": "integer", "minimum": 1, "maximum": most, "default": otherwise}
    return _query("limit", "Of a page.", bounds)


def _query(name: str, words: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": words, "schema": schema}


def _header(name: str, words: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {**_query(name, words, schema), "in": "header"}
