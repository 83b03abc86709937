"""The limit: an ASGI application that passes the model's bytes on and does nothing else."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import uvicorn

from bench.servers import job

Message = dict[str, Any]
_START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"text/event-stream; charset=utf-8")],
}


class Relay:
    """`POST /ask` with a question, `GET /healthz`."""

    def __init__(self) -> None:
        self._http: aiohttp.ClientSession | None = None

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        await send(_START)
        if scope["path"] == "/ask":
            await self._answer(await _body(receive), send)
        await send({"type": "http.response.body", "body": b""})

    async def _answer(self, body: bytes, send: Callable[[Message], Awaitable[None]]) -> None:
        if self._http is None:
            connector = aiohttp.TCPConnector(limit=0)
            self._http = aiohttp.ClientSession(
                connector=connector, headers={"authorization": f"Bearer {job.API_KEY}"}
            )
        question = json.loads(body)["question"]
        asked = {
            "model": job.CHAT,
            "stream": True,
            "messages": [
                {"role": "system", "content": job.INSTRUCTIONS},
                {"role": "user", "content": question},
            ],
        }
        async with self._http.post(f"{job.UPSTREAM}/chat/completions", json=asked) as response:
            async for data in response.content.iter_any():
                await send({"type": "http.response.body", "body": data, "more_body": True})


async def _body(receive: Callable[[], Awaitable[Message]]) -> bytes:
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


if __name__ == "__main__":
    uvicorn.run(Relay(), host=job.HOST, port=job.port(), lifespan="off")
