"""What is shown of sessions, as JSON Schema: see `reading.py` and `routes/sessions.py`."""

from typing import Any

_TEXT = {"type": "string"}
_TIME = {"type": "string", "format": "date-time"}
_NUMBER = {"type": "integer"}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _object(name: str, /, **properties: Any) -> dict[str, Any]:
    return {
        "title": name,
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_OF_EACH = {
    "session_id": _TEXT,
    "title": _TEXT,
    "created": _TIME,
    "used": _TIME,
    "last_turn": _NUMBER,
}
_TURN = _object(
    "Turn",
    turn=_NUMBER,
    run_id=_TEXT,
    state={
        "enum": ["running", "completed", "truncated", "abstained", "failed", "stopped"],
    },
    code={**_or_null(_TEXT), "description": "Of the error that it failed with."},
    question=_TEXT,
    answer={**_TEXT, "description": "As far as it came."},
    sources={"type": "array", "items": {"type": "object"}},
    asked=_TIME,
    ended=_or_null(_TIME),
)
SESSION = _object(
    "Session", **_OF_EACH, turns={"type": "array", "items": _TURN}, next=_or_null(_NUMBER)
)
SESSION_LIST = _object(
    "SessionList",
    sessions={"type": "array", "items": _object("SessionHead", **_OF_EACH)},
    next=_or_null(_TEXT),
)
