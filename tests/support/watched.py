"""The app, and how many tasks its event loop has: `uvicorn tests.support.watched:app`.

Tasks cannot be seen from outside of a process, and one that is left over holds its request.
"""

import asyncio

from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from app.server import app as served


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http" and scope["path"] == "/_tasks":
        names = [str(task.get_coro()) for task in asyncio.all_tasks()]
        await JSONResponse({"count": len(names), "tasks": names})(scope, receive, send)
    else:
        await served(scope, receive, send)
