"""The Model Context Protocol's endpoint: streamable HTTP, one POST a message."""

from typing import TYPE_CHECKING, Any

import orjson
from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from app.error_shapes import MCP_PATH
from app.mcp.host import McpHost, require
from app.routes.request_body import read_object
from app.state import AppState
from rag_stream.errors import InvalidInputError

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager as Manager


def mcp_routes(host: McpHost, state: AppState) -> APIRouter:
    """`/mcp`; without the library it says how to install that."""
    router = APIRouter(include_in_schema=False)  # its own `tools/list` describes it

    @router.post(MCP_PATH)
    async def message(request: Request) -> Response:
        manager = await host.manager()
        body = await read_object(request, state.settings.body_timeout_s)
        _check(body)
        return Handled(manager, orjson.dumps(body))

    # The standalone stream and the end of sessions: there are none.
    @router.api_route(MCP_PATH, methods=["GET", "DELETE"])
    async def other(request: Request) -> Response:
        require()
        raise HTTPException(405, "expected POST: there are no sessions here", {"allow": "POST"})

    return router


class Handled(Response):
    """The server's own response to a message that has been read."""

    def __init__(self, manager: "Manager", body: bytes) -> None:
        self._manager = manager
        self._body: bytes | None = body
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def once_more() -> Message:
            body, self._body = self._body, None
            if body is not None:
                return {"type": "http.request", "body": body, "more_body": False}
            return await receive()  # it is read to its end: what comes is the client's leaving

        await self._manager.handle_request(scope, once_more, send)


def _check(body: dict[str, Any]) -> None:
    """Raise InvalidInputError for what is no message of JSON-RPC."""
    if body.get("jsonrpc") != "2.0":
        raise InvalidInputError("jsonrpc: expected '2.0'")
    if not isinstance(body.get("method", ""), str):
        raise InvalidInputError("method: expected a string")
    if not isinstance(body.get("params", {}), dict):
        raise InvalidInputError("params: expected an object")
    if isinstance(body.get("id", 0), bool) or not isinstance(body.get("id", 0), str | int):
        raise InvalidInputError("id: expected a string or a number")
    if "method" not in body and "id" not in body:
        raise InvalidInputError("method: expected one, got nothing")
