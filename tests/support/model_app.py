"""What the stand-ins for models have in common: calls, scripts, faults, and how answers go out."""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

from starlette.types import Receive, Scope, Send

from tests.support.playbook import Playbook
from tests.support.script import Call, Script

_LOOK_AGAIN = 0.005


class StreamWire(Protocol):
    """The bytes of one streamed answer, as a provider's server writes them."""

    content_type: str

    def first(self) -> bytes: ...

    def piece(self, token: str) -> bytes: ...

    def end(self, finish_reason: str | None, prompt: str, tokens: int) -> bytes: ...

    def failure(self, message: str) -> bytes: ...


class ModelApp(ABC):
    """An ASGI application that records its calls and answers them as a playbook says."""

    def __init__(self, playbook: Playbook) -> None:
        self.playbook = playbook

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "GET":
            await self.get(scope["path"], send)
            return
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        call = Call(scope["path"], headers, json.loads(await _body(receive)))
        self.playbook.calls.append(call)
        answer = asyncio.create_task(self._answer(call, send))
        gone = asyncio.create_task(_disconnect(receive))
        try:
            await asyncio.wait({answer, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not answer.done():
                end(call, "abandoned")
            gone.cancel()
            answer.cancel()
        with suppress(asyncio.CancelledError):
            await answer

    async def _answer(self, call: Call, send: Send) -> None:
        script = self.playbook.script_for(call.model)
        if script.hang == "response":
            await forever()
        await asyncio.sleep(script.response_delay)
        status = script.status or (None if self.knows(call.path) else 404)
        if status is not None:
            retry = {"retry-after": script.retry_after} if script.retry_after else {}
            await send_json(send, status, self.error(status, script.error_message), retry)
            end(call, "failed")
        else:
            await self.answer(call, script, send)
        end(call, "finished")

    @abstractmethod
    def knows(self, path: str) -> bool:
        """Whether requests to the path are answered; others get 404."""

    @abstractmethod
    def error(self, status: int, message: str) -> dict[str, Any]:
        """The body of a refusal."""

    async def get(self, path: str, send: Send) -> None:
        """Answer a GET."""
        await send_json(send, 404, self.error(404, f"no such path: {path}"))

    @abstractmethod
    async def answer(self, call: Call, script: Script, send: Send) -> None:
        """Answer a POST that is not refused."""


async def send_stream(call: Call, script: Script, send: Send, wire: StreamWire) -> None:
    """Stream an answer with the pace, the pauses and the faults of its script."""
    tokens, reason = script.tokens(call.body)
    await start(send, 200, {"content-type": wire.content_type})
    if script.may_send is None:
        await part(send, wire.first())
    if script.hang == "first_token":
        await forever()
    await asyncio.sleep(script.first_token_delay)
    faults = [count for count in (script.drop_after, script.error_after) if count is not None]
    tokens = tokens[: min(faults, default=None)]
    pieces = [wire.piece(token) for token in tokens]
    if script.may_send is not None:
        await _one_by_one(wire.first(), pieces, call, script.may_send, send)
        pieces = []
    if script.hold_after is not None:
        await _paced(pieces[: script.hold_after], call, script.tokens_per_second, send)
        while not script.release.is_set():  # noqa: ASYNC110  (set by another thread)
            await asyncio.sleep(_LOOK_AGAIN)
    await _paced(pieces[script.hold_after :], call, script.tokens_per_second, send)
    if script.drop_after is not None:
        end(call, "dropped")  # a response without its end makes uvicorn cut the connection
    elif script.error_after is not None:
        end(call, "failed")
        await part(send, wire.failure(script.error_message), last=True)
    else:
        await part(send, wire.end(reason, call.prompt, len(tokens)), last=True)


async def _paced(pieces: list[bytes], call: Call, rate: float | None, send: Send) -> None:
    """Send the pieces at the rate; what is overdue goes out as one part."""
    clock = asyncio.get_running_loop().time
    began, sent, before = clock(), 0, call.tokens_sent
    while sent < len(pieces):
        due = sent + 1
        if rate is not None:
            await asyncio.sleep(max(0.0, began + sent / rate - clock()))
            due = max(due, int((clock() - began) * rate) + 1)
        elif sent % 8 == 0:  # let other streams, and news of a client gone, get through
            await asyncio.sleep(0)
        await part(send, b"".join(pieces[sent:due]))
        sent = min(due, len(pieces))
        call.tokens_sent = before + sent


async def _one_by_one(
    role: bytes, pieces: list[bytes], call: Call, may_send: Callable[[int], bool], send: Send
) -> None:
    """Send each piece when it may go; return when the end may.

    The role goes with the first: a client could not see when it is read by itself.
    """
    for number, piece in enumerate(pieces):
        await _until(may_send, number)
        await part(send, piece if number else role + piece)
        call.tokens_sent += 1
    if not pieces:
        await part(send, role)
    await _until(may_send, len(pieces))


async def _until(may_send: Callable[[int], bool], number: int) -> None:
    await asyncio.sleep(_LOOK_AGAIN)
    while not may_send(number):  # noqa: ASYNC110  (another thread decides)
        await asyncio.sleep(_LOOK_AGAIN)


def end(call: Call, outcome: Any) -> None:
    """Note how a call ended."""
    if call.outcome == "live":  # the first cause counts
        call.outcome = outcome


async def forever() -> None:
    """Wait until cancelled."""
    await asyncio.Event().wait()


async def start(send: Send, status: int, headers: dict[str, str]) -> None:
    """Begin a response."""
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})


async def part(send: Send, body: bytes, *, last: bool = False) -> None:
    """Send a part of a response's body."""
    await send({"type": "http.response.body", "body": body, "more_body": not last})


async def send_json(
    send: Send, status: int, value: Any, headers: dict[str, str] | None = None
) -> None:
    """Send a whole response."""
    body = json.dumps(value).encode()
    length = {"content-type": "application/json", "content-length": str(len(body))}
    await start(send, status, length | (headers or {}))
    await part(send, body, last=True)


async def _body(receive: Receive) -> bytes:
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


async def _disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
