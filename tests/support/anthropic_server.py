"""A stand-in for Anthropic's Messages API on the loopback: scriptable, and it remembers.

The wire: https://docs.anthropic.com/en/api/messages-streaming
"""

import json
from typing import Any
from uuid import uuid4

from starlette.types import Send

from tests.support.model_app import ModelApp, send_stream
from tests.support.model_server import ModelServer
from tests.support.script import Call, Script

_REASONS = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal"}
_KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
    529: "overloaded_error",
}


class MessagesWire:
    """Writes one message, event by event."""

    content_type = "text/event-stream; charset=utf-8"

    def __init__(self, model: str, prompt: str) -> None:
        self._model = model
        self._input_tokens = len(prompt.split())

    def first(self) -> bytes:
        message = {
            "id": f"msg_{uuid4().hex[:24]}",
            "type": "message",
            "role": "assistant",
            "model": self._model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": {"input_tokens": self._input_tokens, "output_tokens": 1},
        }
        block = {"type": "text", "text": ""}
        return (
            _event("message_start", message=message)
            + _event("content_block_start", index=0, content_block=block)
            + _event("ping")
        )

    def piece(self, token: str) -> bytes:
        return _event("content_block_delta", index=0, delta={"type": "text_delta", "text": token})

    def end(self, finish_reason: str | None, prompt: str, tokens: int) -> bytes:
        if finish_reason is None:
            return b""
        delta = {"stop_reason": _REASONS[finish_reason], "stop_sequence": None}
        usage = {"input_tokens": self._input_tokens, "output_tokens": tokens}
        return (
            _event("content_block_stop", index=0)
            + _event("message_delta", delta=delta, usage=usage)
            + _event("message_stop")
        )

    def failure(self, message: str) -> bytes:
        return _event("error", error={"type": "overloaded_error", "message": message})


class AnthropicApp(ModelApp):
    """Answers /v1/messages; only streams, which is all that the service asks for."""

    def knows(self, path: str) -> bool:
        return path == "/v1/messages"

    def error(self, status: int, message: str) -> dict[str, Any]:
        kind = _KINDS.get(status, "api_error")
        return {"type": "error", "error": {"type": kind, "message": message}}

    async def answer(self, call: Call, script: Script, send: Send) -> None:
        assert call.body["stream"] is True
        await send_stream(call, script, send, MessagesWire(call.model, call.prompt))


class AnthropicServer(ModelServer):
    """The stand-in and what it is told: see Playbook."""

    app = AnthropicApp


def _event(kind: str, **fields: Any) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()
