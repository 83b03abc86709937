"""The JSON and the events of OpenAI's API, as its server writes them."""

import base64
import json
import time
from typing import Any
from uuid import uuid4

from numpy.typing import NDArray

DONE = b"data: [DONE]\n\n"
_KINDS = {
    400: ("invalid_request_error", None),
    401: ("invalid_request_error", "invalid_api_key"),
    404: ("invalid_request_error", "model_not_found"),
    429: ("rate_limit_exceeded", "rate_limit_exceeded"),
}


class ChatWire:
    """Writes one chat completion: whole, or chunk by chunk."""

    content_type = "text/event-stream; charset=utf-8"

    def __init__(self, model: str, *, with_usage: bool) -> None:
        self._common = {
            "id": f"chatcmpl-{uuid4().hex}",
            "created": int(time.time()),
            "model": model,
            "service_tier": "default",
            "system_fingerprint": "fp_standin",
        }
        self._with_usage = with_usage
        # A chunk differs from the next in its text only, and there are many of them.
        before, after = self._event(self._choice({"content": "\0"})).split(b'"\\u0000"')
        self._before, self._after = before, after

    def first(self) -> bytes:
        return self._event(self._choice({"role": "assistant", "content": "", "refusal": None}))

    def piece(self, token: str) -> bytes:
        return self._before + json.dumps(token, ensure_ascii=False).encode() + self._after

    def last(self, finish_reason: str | None) -> bytes:
        return self._event(self._choice({}, finish_reason))

    def end(self, finish_reason: str | None, prompt: str, tokens: int) -> bytes:
        """Return all that follows the last piece."""
        return self.last(finish_reason) + self.usage(chat_usage(prompt, tokens)) + DONE

    def usage(self, usage: dict[str, Any]) -> bytes:
        """Return the closing chunk, or nothing where the caller did not ask for usage."""
        return self._event([], usage) if self._with_usage else b""

    def failure(self, message: str) -> bytes:
        """Return the event that stands for an error in a stream that has begun."""
        return b"data: " + json.dumps(error(500, message)).encode() + b"\n\n"

    def whole(self, text: str, finish_reason: str | None, usage: dict[str, Any]) -> dict[str, Any]:
        choice = {
            "index": 0,
            "message": {"role": "assistant", "content": text, "refusal": None, "annotations": []},
            "logprobs": None,
            "finish_reason": finish_reason,
        }
        return {**self._common, "object": "chat.completion", "choices": [choice], "usage": usage}

    def _choice(self, delta: dict[str, Any], finish_reason: str | None = None) -> list[Any]:
        return [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}]

    def _event(self, choices: list[Any], usage: dict[str, Any] | None = None) -> bytes:
        chunk = {**self._common, "object": "chat.completion.chunk", "choices": choices}
        if self._with_usage:  # then every chunk names it, and all but the last say null
            chunk["usage"] = usage
        return b"data: " + json.dumps(chunk, separators=(",", ":")).encode() + b"\n\n"


def chat_usage(prompt: str, completion_tokens: int) -> dict[str, Any]:
    """Count a prompt in words: close enough for a stand-in, and the same every time."""
    prompt_tokens = len(prompt.split())
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }


def embeddings(
    model: str, vectors: list[NDArray[Any]], words: int, *, as_base64: bool
) -> dict[str, Any]:
    data = [
        {
            "object": "embedding",
            "index": index,
            "embedding": base64.b64encode(vector.astype("<f4").tobytes()).decode()
            if as_base64
            else [float(number) for number in vector],
        }
        for index, vector in enumerate(vectors)
    ]
    usage = {"prompt_tokens": words, "total_tokens": words}
    return {"object": "list", "model": model, "data": data, "usage": usage}


def models(names: list[str]) -> dict[str, Any]:
    data = [{"id": name, "object": "model", "created": 0, "owned_by": "tests"} for name in names]
    return {"object": "list", "data": data}


def error(status: int, message: str) -> dict[str, Any]:
    kind, code = _KINDS.get(status, ("server_error", None))
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}
