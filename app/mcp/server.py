"""The tools behind the official library, which is imported with this module.

Stateless: each request is a session of its own, so that any worker can answer it, and whoever
leaves ends what it asked for.
"""

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from importlib.metadata import version
from typing import Any

from mcp import types
from mcp.server.lowlevel.server import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from sse_starlette.sse import AppStatus
from starlette.requests import Request

from app.error_responses import describe_failure, log_failure
from app.mcp import tools
from app.mcp.tools import Call
from app.sources.base import base_of
from app.state import AppState
from app.streaming.sse import dumps
from rag_stream.errors import InvalidInputError
from rag_stream.excerpts import named
from rag_stream.runnable import RagChain

Tool = Callable[[Call, Mapping[str, Any]], Awaitable[dict[str, Any]]]
Asker = Callable[[Request], tuple[str, str]]
"""Who asks, by credentials and by address."""
_INSTRUCTIONS = (
    "Answers from the documents of one collection. `ask` gives a cited answer; `search` and "
    "`fetch` give the documents themselves."
)
_TEXT = {"type": "string"}
_NAMED = {"id": _TEXT, "title": _TEXT, "url": _TEXT}


def _object(properties: dict[str, Any], *optional: str) -> dict[str, Any]:
    needed = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": needed}


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


def _tool(
    name: str, title: str, words: str, takes: dict[str, Any], gives: dict[str, Any]
) -> types.Tool:
    return types.Tool(
        name=name,
        title=title,
        description=words,
        inputSchema=takes,
        outputSchema=gives,
        annotations=types.ToolAnnotations(
            title=title, readOnlyHint=True, destructiveHint=False, openWorldHint=False
        ),
    )


TOOLS: Mapping[str, tuple[types.Tool, Tool]] = {
    "search": (
        _tool(
            "search",
            "Search the documents",
            "Passages of the documents that say something about a query, best first. `fetch` "
            "gives the text of one.",
            _object({"query": _TEXT}),
            _object({"results": _list(_object(_NAMED))}),
        ),
        tools.search,
    ),
    "fetch": (
        _tool(
            "fetch",
            "Fetch a document",
            "The text of a document around a passage that `search` found, with its address.",
            _object({"id": _TEXT}),
            _object({**_NAMED, "text": _TEXT, "metadata": {"type": "object"}}),
        ),
        tools.fetch,
    ),
    "ask": (
        _tool(
            "ask",
            "Ask the documents",
            "Answers a question from the documents, with citations; [1] in the answer is the "
            "first of the sources.",
            _object({"question": _TEXT, "session_id": _TEXT}, "session_id"),
            _object(
                {
                    "answer": _TEXT,
                    "citations": _list({"type": "object"}),
                    "sources": _list(_object(_NAMED)),
                    "status": {"type": "object"},
                    "suggestions": _list(_TEXT),
                },
                "suggestions",
            ),
        ),
        tools.ask,
    ),
}


def build(chain: RagChain, state: AppState, asker: Asker) -> StreamableHTTPSessionManager:
    """The server of one application; its `run` has to be entered."""
    server: Server[Any, Request] = Server("rag-stream", _version(), _INSTRUCTIONS)

    @server.list_tools()  # type: ignore[no-untyped-call, untyped-decorator]
    async def list_tools() -> list[types.Tool]:
        return [tool for tool, _ in TOOLS.values()]

    # What is wrong with arguments is told in our own words.
    @server.call_tool(validate_input=False)  # type: ignore[untyped-decorator]
    async def call_tool(name: str, arguments: dict[str, Any]) -> types.CallToolResult:
        context = server.request_context
        request = context.request
        assert request is not None, "it came over HTTP"  # noqa: S101
        token = context.meta.progressToken if context.meta else None

        async def report(progress: float, message: str) -> None:
            if token is not None:
                await context.session.send_progress_notification(
                    token, progress, message=message, related_request_id=str(context.request_id)
                )

        run_id = uuid.uuid4()
        caller, address = asker(request)
        call = Call(chain, caller, run_id, base_of(chain.settings, request), report)
        return await _called(state, address, name, call, arguments)

    AppStatus.should_exit_event = None  # of an event loop that has ended
    return StreamableHTTPSessionManager(server, stateless=True)


async def _called(
    state: AppState, address: str, name: str, call: Call, arguments: dict[str, Any]
) -> types.CallToolResult:
    """The tool's result, or in words why there is none."""
    run_id = str(call.run_id)
    try:
        if name not in TOOLS:
            raise InvalidInputError(f"name: expected one of {', '.join(TOOLS)}, got {named(name)}")
        with state.admission.admit([run_id], call.caller, address) as ticket:
            try:
                await ticket.turn()
                return _result(await TOOLS[name][1](call, arguments))
            except asyncio.CancelledError:
                reason = ticket.stopped()
                if reason is None:
                    raise
                return _failed(reason, run_id)
    except Exception as error:  # noqa: BLE001 - the edge: told to the client, logged
        return _failed(error, run_id)


def _result(value: dict[str, Any]) -> types.CallToolResult:
    text = dumps(value).decode()
    # Once more from its text: there nothing is left that is no JSON.
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text)], structuredContent=json.loads(text)
    )


def _failed(error: BaseException, run_id: str) -> types.CallToolResult:
    log_failure(error, run_id)
    told = describe_failure(error, run_id)
    words = f"{told['message']} ({told['code']}, run {run_id})"
    return types.CallToolResult(content=[types.TextContent(type="text", text=words)], isError=True)


def _version() -> str:
    return version("rag-stream")
