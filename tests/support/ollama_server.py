"""A stand-in for an Ollama server on the loopback: scriptable, and it remembers.

The wire: https://github.com/ollama/ollama/blob/main/docs/api.md
"""

import asyncio
import json
from typing import Any

from starlette.types import Send

from tests.support.model_app import ModelApp, send_json, send_stream
from tests.support.model_server import ModelServer
from tests.support.script import Call, Script
from tests.support.word_vector import embed

CHAT = "/api/chat"
EMBED = "/api/embed"
_NOW = "2026-01-01T00:00:00.000000Z"


class ChatWire:
    """Writes one answer, a line of JSON for each piece."""

    content_type = "application/x-ndjson"

    def __init__(self, model: str) -> None:
        self._model = model

    def first(self) -> bytes:
        return b""

    def piece(self, token: str) -> bytes:
        return self._line(token, done=False)

    def end(self, finish_reason: str | None, prompt: str, tokens: int) -> bytes:
        if finish_reason is None:
            return b""
        return self._line(
            "",
            done=True,
            done_reason=finish_reason,
            total_duration=5_000_000,
            load_duration=1_000_000,
            prompt_eval_count=len(prompt.split()),
            prompt_eval_duration=1_000_000,
            eval_count=tokens,
            eval_duration=3_000_000,
        )

    def failure(self, message: str) -> bytes:
        return json.dumps({"error": message}).encode() + b"\n"

    def _line(self, text: str, **fields: Any) -> bytes:
        message = {"role": "assistant", "content": text}
        line = {"model": self._model, "created_at": _NOW, "message": message, **fields}
        return json.dumps(line).encode() + b"\n"


class OllamaApp(ModelApp):
    """Answers /api/chat (streams only), /api/embed and the list of models."""

    def knows(self, path: str) -> bool:
        return path in (CHAT, EMBED)

    def error(self, status: int, message: str) -> dict[str, Any]:
        return {"error": message}

    async def get(self, path: str, send: Send) -> None:
        server = self.playbook
        assert isinstance(server, OllamaServer)
        if path == "/api/tags" and server.lists_models:
            models = [{"name": name, "model": name, "size": 1} for name in server.pulled]
            await send_json(send, 200, {"models": models})
        else:
            await super().get(path, send)

    async def answer(self, call: Call, script: Script, send: Send) -> None:
        if call.path == EMBED:
            texts = call.body["input"]
            await asyncio.sleep(script.embedding_delay)
            vectors = [[float(x) for x in embed(text, script.dimension)] for text in texts]
            await send_json(send, 200, {"model": call.model, "embeddings": vectors})
            return
        assert call.body["stream"] is True
        most = call.body.get("options", {}).get("num_predict")
        call.body["max_tokens"] = most  # as the script knows the limit
        await send_stream(call, script, send, ChatWire(call.model))


class OllamaServer(ModelServer):
    """The stand-in and what it is told: see Playbook. `pulled`: the models it has."""

    app = OllamaApp

    def __init__(self, **script: Any) -> None:
        super().__init__(**script)
        self.pulled = ["llama3.2:latest", "nomic-embed-text:latest"]
        self.lists_models = True
