"""Why the service does not start, in one line where that is enough.

Starlette hands servers a traceback. `python -m app` looks before it starts a server, but its
workers and other servers have only this.
"""

import sys

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag_stream.errors import RagError


class StartFailures:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_in_words(message: Message) -> None:
            if message["type"] == "lifespan.startup.failed":
                error = sys.exception()  # which it is being told for
                if isinstance(error, RagError):
                    message = {**message, "message": f"cannot start: {error}"}
            await send(message)

        await self._app(scope, receive, send_in_words if scope["type"] == "lifespan" else send)
