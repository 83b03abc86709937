"""The way back of one request to the faulty model: proper frames, or bytes as a fault likes."""

import asyncio
import json
import socket
import struct
from asyncio import StreamWriter
from http import HTTPStatus
from typing import Any

from tests.support import openai_wire as wire

_SETTLE_S = 0.03  # what was sent before a reset is to arrive before it


class Exchange:
    """Writes one response; `number` is the one that the question gave its fault."""

    def __init__(self, writer: StreamWriter, body: dict[str, Any], number: float | None) -> None:
        options = body.get("stream_options") or {}
        self.chat = wire.ChatWire(
            str(body.get("model", "")), with_usage=bool(options.get("include_usage"))
        )
        self.body = body
        self.number = number
        self.is_whole = False  # the response has ended as HTTP has it: the connection lives on
        self._writer = writer

    async def raw(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def head(self, status: int = 200, kind: str = "text/event-stream", **more: str) -> None:
        lines = {"content-type": kind, **{key.replace("_", "-"): more[key] for key in more}}
        if "content-length" not in lines:
            lines["transfer-encoding"] = "chunked"
        fields = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        await self.raw(f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n{fields}\r\n".encode())

    async def part(self, data: bytes) -> None:
        await self.raw(b"%x\r\n%b\r\n" % (len(data), data))

    async def tokens(self, *texts: str) -> None:
        await self.part(b"".join(map(self.chat.piece, texts)))

    async def begin(self, *texts: str) -> None:
        """The head, the role's frame, and some text."""
        await self.head()
        await self.part(self.chat.first())
        for text in texts:
            await self.tokens(text)

    async def finish(self, reason: str = "stop") -> None:
        usage = self.chat.usage(wire.chat_usage("", 1))
        await self.part(self.chat.last(reason) + usage + wire.DONE)
        await self.end()

    async def end(self) -> None:
        """End the response as HTTP has it."""
        await self.raw(b"0\r\n\r\n")
        self.is_whole = True

    async def whole(self, status: int, kind: str, body: bytes, **more: str) -> None:
        await self.head(status, kind, content_length=str(len(body)), **more)
        await self.raw(body)
        self.is_whole = True

    async def json(self, status: int, value: Any, **more: str) -> None:
        await self.whole(status, "application/json", json.dumps(value).encode(), **more)

    async def reset(self) -> None:
        """End the connection with an RST, as a server that crashes."""
        await asyncio.sleep(_SETTLE_S)
        link: socket.socket = self._writer.get_extra_info("socket")
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()
