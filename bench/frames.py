"""The stand-in's chat answers as bytes, one HTTP chunk a token, made once for each model."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import orjson

from bench import pace

HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
    b"cache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n"
)
_PROMPT_TOKENS = 700


class Frames:
    """The chunks of OpenAI's chat completion stream, as its server writes them."""

    def __init__(
        self, model: str, with_usage: bool, token: Callable[[int], str] = pace.token
    ) -> None:
        self._token = token
        self._model = model
        self._with_usage = with_usage
        self._pieces: list[bytes] = []
        self.opening = HEAD + self._chunk({"role": "assistant", "content": "", "refusal": None})

    def pieces(self, count: int) -> list[bytes]:
        """At least `count` chunks of one token each; a shared list, not to be changed."""
        for number in range(len(self._pieces), count):
            self._pieces.append(self._chunk({"content": self._token(number)}))
        return self._pieces

    def closing(self, tokens: int) -> bytes:
        """Finish reason, usage where it was asked for, and the end of the response."""
        usage = self._event([], _usage(tokens)) if self._with_usage else b""
        return self._chunk({}, "stop") + usage + _framed(b"data: [DONE]\n\n") + b"0\r\n\r\n"

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None = None) -> bytes:
        choice = {
            "index": 0,
            "delta": delta,
            "logprobs": None,
            "finish_reason": finish_reason,
        }
        return self._event([choice])

    def _event(self, choices: list[Any], usage: dict[str, Any] | None = None) -> bytes:
        event = {**_common(self._model, "chat.completion.chunk"), "choices": choices}
        if self._with_usage:  # then every chunk names it, all but the last with null
            event["usage"] = usage
        return _framed(b"data: " + orjson.dumps(event) + b"\n\n")


@lru_cache(maxsize=64)
def frames_of(model: str, with_usage: bool) -> Frames:
    """One model's frames, with or without `stream_options.include_usage`."""
    return Frames(model, with_usage)


def whole(model: str, text: str, tokens: int) -> dict[str, Any]:
    """The answer to a request that does not stream."""
    message: dict[str, Any] = {"role": "assistant", "content": text}
    message |= {"refusal": None, "annotations": []}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return {**_common(model, "chat.completion"), "choices": [choice], "usage": _usage(tokens)}


def _common(model: str, kind: str) -> dict[str, Any]:
    return {
        "id": "chatcmpl-bench0000000000000000000000",
        "object": kind,
        "created": 1_760_000_000,
        "model": model,
        "service_tier": "default",
        "system_fingerprint": "fp_bench00000",
    }


def _usage(tokens: int) -> dict[str, Any]:
    return {
        "prompt_tokens": _PROMPT_TOKENS,
        "completion_tokens": tokens,
        "total_tokens": _PROMPT_TOKENS + tokens,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }


def _framed(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)
