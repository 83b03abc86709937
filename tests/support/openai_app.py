"""The ASGI application behind the stand-in for OpenAI's API."""

import asyncio
from collections import Counter
from typing import Any

from starlette.types import Send

from tests.support import openai_wire as wire
from tests.support.model_app import ModelApp, end, forever, part, send_json, send_stream, start
from tests.support.script import Call, Script
from tests.support.word_vector import embed

CHAT = "/v1/chat/completions"
EMBEDDINGS = "/v1/embeddings"


class OpenAIApp(ModelApp):
    """Answers chat completions, embeddings and the model list as a playbook says."""

    def knows(self, path: str) -> bool:
        return path in (CHAT, EMBEDDINGS)

    def error(self, status: int, message: str) -> dict[str, Any]:
        return wire.error(status, message)

    async def get(self, path: str, send: Send) -> None:
        playbook = self.playbook
        if path == "/v1/models":
            await send_json(send, 200, wire.models(playbook.models))
        elif path == "/stats":  # for benches, which run this in a process of its own
            sent = sum(call.tokens_sent for call in playbook.calls)
            outcomes = Counter(call.outcome for call in playbook.calls)
            await send_json(send, 200, {"live": 0, **outcomes, "tokens_sent": sent})
        else:
            await super().get(path, send)

    async def answer(self, call: Call, script: Script, send: Send) -> None:
        if call.path == EMBEDDINGS:
            await self._embed(call, script, send)
        elif call.body.get("stream"):
            options = call.body.get("stream_options") or {}
            chat = wire.ChatWire(call.model, with_usage=bool(options.get("include_usage")))
            await send_stream(call, script, send, chat)
        else:
            await self._whole(call, script, send)

    async def _whole(self, call: Call, script: Script, send: Send) -> None:
        tokens, reason = script.tokens(call.body)
        if script.hang:
            await forever()
        pace = len(tokens) / script.tokens_per_second if script.tokens_per_second else 0
        await asyncio.sleep(script.first_token_delay + pace)
        chat = wire.ChatWire(call.model, with_usage=True)
        usage = wire.chat_usage(call.prompt, len(tokens))
        answer = chat.whole("".join(tokens), reason, usage)
        call.tokens_sent = len(tokens)
        if script.drop_after is not None:
            end(call, "dropped")
            await start(send, 200, {"content-type": "application/json", "content-length": "4096"})
            await part(send, b"{")
        else:
            await send_json(send, 200, answer)

    async def _embed(self, call: Call, script: Script, send: Send) -> None:
        texts = _texts(call.body["input"])
        await asyncio.sleep(script.embedding_delay)
        dimension = call.body.get("dimensions") or script.dimension
        vectors = [embed(text, dimension) for text in texts]
        words = sum(len(text.split()) for text in texts)
        as_base64 = call.body.get("encoding_format") == "base64"
        answer = wire.embeddings(call.model, vectors, words, as_base64=as_base64)
        await send_json(send, 200, answer)


def _texts(value: Any) -> list[str]:
    """Return the texts of an embedding request; token numbers count as words."""
    if isinstance(value, str):
        return [value]
    if value and isinstance(value[0], int):
        value = [value]
    return [item if isinstance(item, str) else " ".join(map(str, item)) for item in value]
