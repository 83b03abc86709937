"""What requests say about coming back: whether to go on alone, and where to go on."""

from starlette.requests import Request

from rag_stream.errors import InvalidInputError

ON_DISCONNECT = "X-On-Disconnect"
_LONGEST_ID = 15


def goes_on_alone(request: Request, unless_said: bool = False) -> bool:
    """Whether the answer shall go on when its client goes. Raises InvalidInputError."""
    given = request.headers.get(ON_DISCONNECT)
    if given is None:
        return unless_said
    value = given.strip().lower()
    if value not in ("cancel", "continue"):
        raise InvalidInputError(
            f"{ON_DISCONNECT}: expected 'cancel' or 'continue', got {value[:80]!r}"
        )
    return value == "continue"


def position(request: Request) -> int:
    """The id of the last event that a client has, 0 for none. Raises InvalidInputError."""
    # A browser that comes back by itself says it in the header, and keeps the address.
    for name, value in (
        ("Last-Event-ID", request.headers.get("last-event-id")),
        ("after", request.query_params.get("after")),
    ):
        if value:
            if not (value.isascii() and value.isdigit() and len(value) <= _LONGEST_ID):
                raise InvalidInputError(
                    f"{name}: expected the id of an event, a number, got {value[:80]!r}"
                )
            return int(value)
    return 0
