"""`python -m app`, and what each of its workers holds: GET /_watch, and GET /_blocked.

Tasks, memory and what keeps the loop from others cannot be counted from outside. All else is
the command's own: its sockets, its workers, its shutdown.
"""

import asyncio
import ctypes
import gc
import linecache
import os
import sys
from collections import Counter
from typing import Any

import uvicorn
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from app import cli
from app.server import app as served


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The service, with one more path."""
    if scope["type"] == "http" and scope["path"] == "/_blocked":
        await JSONResponse(_BLOCKED.longest_s())(scope, receive, send)
        return
    if scope["type"] != "http" or scope["path"] != "/_watch":
        await served(scope, receive, send)
        return
    for _ in range(3):  # what it finds may have to be closed by the loop, and then goes too
        gc.collect()
        await asyncio.sleep(0.01)
    linecache.clearcache()  # what tracebacks have read of source files is no leak
    tasks = [str(task.get_coro()) for task in asyncio.all_tasks()]
    blocks = sys.getallocatedblocks()
    kinds = Counter(f"{type(one).__module__}.{type(one).__name__}" for one in gc.get_objects())
    told = {"pid": os.getpid(), "blocks": blocks, "tasks": tasks, "kinds": kinds}
    told["given_out"] = _given_out()
    await JSONResponse(told)(scope, receive, send)


class _Blocked:
    """How long nobody else had a turn of the loop, at most, between two questions for it."""

    TICK_S = 0.002

    def __init__(self) -> None:
        self._longest_s = 0.0
        self._due: float | None = None

    def longest_s(self) -> float:
        """Seconds since the last call, which begins the measurement."""
        longest_s, self._longest_s = self._longest_s, 0.0
        if self._due is None:
            self._wait(asyncio.get_running_loop())
        return longest_s

    def _wait(self, loop: asyncio.AbstractEventLoop) -> None:
        self._due = loop.time() + self.TICK_S
        loop.call_at(self._due, self._tick, loop)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        self._longest_s = max(self._longest_s, loop.time() - (self._due or 0.0))
        self._wait(loop)


_BLOCKED = _Blocked()


class _Malloc(ctypes.Structure):
    """`struct mallinfo2` of GNU's C library."""

    _fields_ = (
        *((name, ctypes.c_size_t) for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd")),
        *((name, ctypes.c_size_t) for name in ("usmblks", "fsmblks", "uordblks", "fordblks")),
        ("keepcost", ctypes.c_size_t),
    )


def _given_out() -> int:
    """Bytes that malloc has given out; without Python's small objects, which are `blocks`."""
    told = ctypes.CDLL(None).mallinfo2
    told.restype = _Malloc
    found = told()
    return int(found.uordblks + found.hblkhd)


def _watched(name: str, **options: Any) -> uvicorn.Config:
    return _CONFIG("bench.endings.watched:app", **options)


_CONFIG = uvicorn.Config

if __name__ == "__main__":
    vars(uvicorn)["Config"] = _watched
    sys.exit(cli.run())
