"""The protocol's server as long as the application runs: begun when first asked for.

The library takes half a second to import, so a service that nobody asks over MCP starts
without it.
"""

import asyncio
import importlib.util
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.errors import McpMissingError

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager as Manager

log = logging.getLogger("rag_stream.app")
INSTALL = "pip install 'rag-stream-service[mcp]'"


class McpHost:
    """Runs one server in a task of its own, which enters it and leaves it."""

    def __init__(self, build: "Callable[[], Manager]") -> None:
        """`build` imports the library, in a thread."""
        self._build = build
        self._task: asyncio.Task[None] | None = None
        self._ready: asyncio.Future[Manager] | None = None
        self._over = asyncio.Event()

    async def manager(self) -> "Manager":
        """The server, which runs. Raises McpMissingError."""
        require()
        if self._task is None or self._ready is None:
            self._ready = asyncio.get_running_loop().create_future()
            self._over.clear()
            self._task = asyncio.create_task(self._run(self._ready))
        return await asyncio.shield(self._ready)

    async def aclose(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            self._over.set()
            await asyncio.wait({task})

    async def _run(self, ready: "asyncio.Future[Manager]") -> None:
        try:
            manager = await asyncio.to_thread(self._build)
            logging.getLogger("mcp").setLevel(logging.WARNING)  # it tells of every request
            async with manager.run():
                ready.set_result(manager)
                await self._over.wait()
        except Exception as error:
            if self._task is asyncio.current_task():
                self._task = None  # the next one tries again
            if ready.done():
                log.exception("the server of MCP has broken down")
            else:
                ready.set_exception(error)
                ready.exception()  # nobody may be waiting any more


def require() -> None:
    """Raise McpMissingError where the library is not there."""
    try:
        is_there = importlib.util.find_spec("mcp") is not None
    except (ImportError, ValueError):
        is_there = False
    if not is_there:
        raise McpMissingError(f"MCP is not installed in this service: {INSTALL}")
