"""A TCP gateway in front of a server, in a thread: it passes bytes on, or does them harm.

The harm is one word, changed at any time: `through`, `refuse` (nobody listens), `hang` (takes
requests, never answers), `reset` (cuts at the request), `fail` (answers 500 with a secret),
`garbage` (no HTTP), `cut` (an answer that stops in the middle). Connections open at a change
are cut, as a server's that goes away.
"""

import asyncio
import json
import re
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

from tests.support.fault import SECRET, forever
from tests.support.ports import free_port

MODES = ("refuse", "hang", "reset", "fail", "garbage", "cut")
_REQUEST = re.compile(rb"(?:GET|POST|PUT|DELETE) \S+(?= HTTP/1\.1\r\n)")
_ERROR = json.dumps({"error": "InternalError", "message": SECRET}).encode()
_HEAD = b"HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
_ANSWERS = {
    "fail": _HEAD % (b"500 Internal Server Error", len(_ERROR)) + _ERROR,
    "garbage": b"\x00\x01 database is locked " + SECRET.encode() + b"\r\n\r\n",
    "cut": _HEAD % (b"200 OK", 5000) + b'{"ids": [["a"',
}


class Gateway:
    """Listens on a port of its own for the server at `port`, while the `with` block lasts."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._port = free_port()
        self._mode = "through"
        self._tasks: set[asyncio.Task[None]] = set()
        self.requests = 0  # seen while doing harm
        self._passed: list[bytearray] = []  # of each connection, what was passed on to the server

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def passed(self, ending: str) -> int:
        """How many requests were passed on whose paths end so."""
        lines = [line for one in self._passed for line in _REQUEST.findall(bytes(one))]
        return sum(line.endswith(ending.encode()) for line in lines)

    def become(self, mode: str) -> None:
        asyncio.run_coroutine_threadsafe(self._become(mode), self._loop).result(10)

    async def _become(self, mode: str) -> None:
        was, self._mode = self._mode, mode
        if mode == "refuse":  # only then: asyncio may forget who comes while it closes
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if was == "refuse" != mode:
            await self._listen()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await (self._pass_on if self._mode == "through" else self._harm)(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _harm(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65_536):
            self.requests += 1
            if self._mode == "hang":
                await forever()
            writer.write(_ANSWERS.get(self._mode, b""))
            await writer.drain()
            if self._mode != "fail":  # that one keeps its connections
                return

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._target)
        self._passed.append(passed := bytearray())
        try:
            await asyncio.wait(
                [
                    asyncio.ensure_future(_copy(reader, back, passed)),
                    asyncio.ensure_future(_copy(there, writer, bytearray())),
                ],
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            back.transport.abort()

    def __enter__(self) -> Self:
        started = threading.Event()

        async def main() -> None:
            self._loop = asyncio.get_running_loop()
            self._stop = asyncio.Event()
            await self._listen()
            started.set()
            await self._stop.wait()
            await self._become("refuse")

        self._thread = threading.Thread(target=lambda: asyncio.run(main()), daemon=True)
        self._thread.start()
        assert started.wait(10)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)


async def _copy(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, passed: bytearray
) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            passed += data
            writer.write(data)
            await writer.drain()
