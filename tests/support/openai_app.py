"""The ASGI application behind the stand-in for OpenAI's API."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from starlette.types import Receive, Scope, Send

from tests.support import openai_wire as wire
from tests.support.playbook import Playbook
from tests.support.script import Call, Script
from tests.support.word_vector import embed

CHAT = "/v1/chat/completions"
EMBEDDINGS = "/v1/embeddings"
_LOOK_AGAIN = 0.005


class OpenAIApp:
    """Answers chat completions, embeddings and the model list as a playbook says."""

    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "GET":
            await self._get(scope["path"], send)
            return
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        call = Call(scope["path"], headers, json.loads(await _body(receive)))
        self._playbook.calls.append(call)
        answer = asyncio.create_task(self._answer(call, send))
        gone = asyncio.create_task(_disconnect(receive))
        try:
            await asyncio.wait({answer, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not answer.done():
                _end(call, "abandoned")
            gone.cancel()
            answer.cancel()
        with suppress(asyncio.CancelledError):
            await answer

    async def _get(self, path: str, send: Send) -> None:
        playbook = self._playbook
        if path == "/v1/models":
            await _json(send, 200, wire.models(playbook.models))
        elif path == "/stats":  # for benches, which run this in a process of its own
            sent = sum(call.tokens_sent for call in playbook.calls)
            outcomes = Counter(call.outcome for call in playbook.calls)
            await _json(send, 200, {"live": 0, **outcomes, "tokens_sent": sent})
        else:
            await _json(send, 404, wire.error(404, f"no such path: {path}"))

    async def _answer(self, call: Call, send: Send) -> None:
        script = self._playbook.script_for(call.model)
        if script.hang == "response":
            await _forever()
        await asyncio.sleep(script.response_delay)
        status = script.status or (None if call.path in (CHAT, EMBEDDINGS) else 404)
        if status is not None:
            retry = {"retry-after": script.retry_after} if script.retry_after else {}
            await _json(send, status, wire.error(status, script.error_message), retry)
            _end(call, "failed")
        elif call.path == EMBEDDINGS:
            await self._embed(call, script, send)
        elif call.body.get("stream"):
            await self._stream(call, script, send)
        else:
            await self._whole(call, script, send)
        _end(call, "finished")

    async def _stream(self, call: Call, script: Script, send: Send) -> None:
        tokens, reason = script.tokens(call.body)
        options = call.body.get("stream_options") or {}
        chat = wire.ChatWire(call.model, with_usage=bool(options.get("include_usage")))
        await _start(send, 200, {"content-type": "text/event-stream; charset=utf-8"})
        if script.may_send is None:
            await _part(send, chat.first())
        if script.hang == "first_token":
            await _forever()
        await asyncio.sleep(script.first_token_delay)
        faults = [count for count in (script.drop_after, script.error_after) if count is not None]
        tokens = tokens[: min(faults, default=None)]
        pieces = [chat.piece(token) for token in tokens]
        if script.may_send is not None:
            await _one_by_one(chat.first(), pieces, call, script.may_send, send)
            pieces = []
        if script.hold_after is not None:
            await _paced(pieces[: script.hold_after], call, script.tokens_per_second, send)
            while not script.release.is_set():  # noqa: ASYNC110  (set by another thread)
                await asyncio.sleep(_LOOK_AGAIN)
        await _paced(pieces[script.hold_after :], call, script.tokens_per_second, send)
        if script.drop_after is not None:
            _end(call, "dropped")  # a response without its end makes uvicorn cut the connection
        elif script.error_after is not None:
            _end(call, "failed")
            await _part(send, chat.failure(script.error_message), last=True)
        else:
            usage = chat.usage(wire.chat_usage(call.prompt, len(tokens)))
            await _part(send, chat.last(reason) + usage + wire.DONE, last=True)

    async def _whole(self, call: Call, script: Script, send: Send) -> None:
        tokens, reason = script.tokens(call.body)
        if script.hang:
            await _forever()
        pace = len(tokens) / script.tokens_per_second if script.tokens_per_second else 0
        await asyncio.sleep(script.first_token_delay + pace)
        chat = wire.ChatWire(call.model, with_usage=True)
        usage = wire.chat_usage(call.prompt, len(tokens))
        answer = chat.whole("".join(tokens), reason, usage)
        call.tokens_sent = len(tokens)
        if script.drop_after is not None:
            _end(call, "dropped")
            await _start(send, 200, {"content-type": "application/json", "content-length": "4096"})
            await _part(send, b"{")
        else:
            await _json(send, 200, answer)

    async def _embed(self, call: Call, script: Script, send: Send) -> None:
        texts = _texts(call.body["input"])
        await asyncio.sleep(script.embedding_delay)
        dimension = call.body.get("dimensions") or script.dimension
        vectors = [embed(text, dimension) for text in texts]
        words = sum(len(text.split()) for text in texts)
        as_base64 = call.body.get("encoding_format") == "base64"
        answer = wire.embeddings(call.model, vectors, words, as_base64=as_base64)
        await _json(send, 200, answer)


async def _paced(pieces: list[bytes], call: Call, rate: float | None, send: Send) -> None:
    """Send the pieces at the rate; what is overdue goes out as one part."""
    clock = asyncio.get_running_loop().time
    start, sent, before = clock(), 0, call.tokens_sent
    while sent < len(pieces):
        due = sent + 1
        if rate is not None:
            await asyncio.sleep(max(0.0, start + sent / rate - clock()))
            due = max(due, int((clock() - start) * rate) + 1)
        elif sent % 8 == 0:  # let other streams, and news of a client gone, get through
            await asyncio.sleep(0)
        await _part(send, b"".join(pieces[sent:due]))
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
        await _part(send, piece if number else role + piece)
        call.tokens_sent += 1
    if not pieces:
        await _part(send, role)
    await _until(may_send, len(pieces))


async def _until(may_send: Callable[[int], bool], number: int) -> None:
    await asyncio.sleep(_LOOK_AGAIN)
    while not may_send(number):  # noqa: ASYNC110  (another thread decides)
        await asyncio.sleep(_LOOK_AGAIN)


def _end(call: Call, outcome: Any) -> None:
    if call.outcome == "live":  # the first cause counts
        call.outcome = outcome


def _texts(value: Any) -> list[str]:
    """Return the texts of an embedding request; token numbers count as words."""
    if isinstance(value, str):
        return [value]
    if value and isinstance(value[0], int):
        value = [value]
    return [item if isinstance(item, str) else " ".join(map(str, item)) for item in value]


async def _forever() -> None:
    await asyncio.Event().wait()


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


async def _start(send: Send, status: int, headers: dict[str, str]) -> None:
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})


async def _part(send: Send, body: bytes, *, last: bool = False) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": not last})


async def _json(send: Send, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
    body = json.dumps(value).encode()
    length = {"content-type": "application/json", "content-length": str(len(body))}
    await _start(send, status, length | (headers or {}))
    await _part(send, body, last=True)
