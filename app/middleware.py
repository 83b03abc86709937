"""A limit to what a request may send, declared or not, told in the shape of all errors."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.error_responses import problem_response
from app.errors import BodyTooLargeError

MAX_BODY_BYTES = 1_000_000


class BodyLimit:
    """ASGI middleware. The framework's own limit answers in plain text."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdigit() and int(declared) > MAX_BODY_BYTES:
            error = BodyTooLargeError(_words(declared[:20]))
            await problem_response(error)(scope, receive, send)
            return
        received = 0

        async def receive_within_limit() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY_BYTES:
                # The one kind of error that every way of reading a body lets through.
                raise HTTPException(BodyTooLargeError.status_code, _words("more"))
            return message

        await self._app(scope, receive_within_limit, send)


def _words(got: str) -> str:
    return f"body: expected at most {MAX_BODY_BYTES} bytes, got {got}"
