"""Limits to what requests may send, each and together, told in the shape of all errors."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.error_responses import problem_response
from app.errors import BodyTooLargeError, OverloadedError

MAX_BODY_BYTES = 1_000_000
MOST_ARRIVING = 24_000_000
"""Bytes of bodies that are not whole yet, of a worker: a thousand slow ones would take a
gigabyte for as long as a body may take."""
SMALL = 16_384
"""A question's body is as good as always smaller, and is taken whatever else arrives."""


class BodyLimit:
    """ASGI middleware. The framework's own limit answers in plain text."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._arriving = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdigit() and int(declared) > MAX_BODY_BYTES:
            error = BodyTooLargeError(_words(declared[:20]))
            await problem_response(error, scope=scope)(scope, receive, send)
            return
        received = 0
        is_whole = False

        async def receive_within_limit() -> Message:
            nonlocal received, is_whole
            message = await receive()
            if is_whole or message["type"] != "http.request":
                return message
            size = len(message.get("body", b""))
            received += size
            self._arriving += size
            # HTTPException: the one kind of error that every way of reading a body lets through.
            if received > MAX_BODY_BYTES:
                raise HTTPException(BodyTooLargeError.status_code, _words("more"))
            if received > SMALL and self._arriving > MOST_ARRIVING:
                raise HTTPException(OverloadedError.status_code, _TOO_MANY)
            if not message.get("more_body", False):
                is_whole = True
                self._arriving -= received
            return message

        try:
            await self._app(scope, receive_within_limit, send)
        finally:
            if not is_whole:
                self._arriving -= received


_TOO_MANY = f"body: as many large ones are arriving as may; one of at most {SMALL} bytes is taken"


def _words(got: str) -> str:
    return f"body: expected at most {MAX_BODY_BYTES} bytes, got {got}"
