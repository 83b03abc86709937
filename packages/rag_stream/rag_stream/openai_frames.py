"""The frames of an OpenAI-style chat stream, parsed as they arrive. Pure: no I/O.

Format: https://platform.openai.com/docs/api-reference/chat-streaming. One read of the
socket often brings many frames; their texts are handed on as one delta, because every
step after this one costs by the delta and not by the character.
"""

from collections.abc import Iterator
from typing import Any

import orjson

from rag_stream.delta import Delta

_END = b"[DONE]"
_PLAIN_DELTA = {"role", "content", "refusal"}


class FrameParser:
    """Turns bytes into frames; keeps what is not complete for the next bytes."""

    def __init__(self) -> None:
        self._rest = b""
        self.done = False

    def feed(self, data: bytes) -> Iterator[dict[str, Any]]:
        """The frames that `data` completes. Raises ValueError for what is not JSON."""
        if self._rest:
            data = self._rest + data
        end = data.rfind(b"\n") + 1
        if not end:
            self._rest = data
            return
        self._rest = data[end:]
        for line in data[:end].split(b"\n"):
            if line.startswith(b"data:"):
                body = line[5:].strip()
                if body == _END:
                    self.done = True
                    return
                yield orjson.loads(body)


def is_plain(frame: dict[str, Any]) -> bool:
    """Whether a frame holds nothing but text, an ending or usage."""
    choices = frame.get("choices")
    if choices is None or len(choices) > 1:
        return False
    if not choices:
        return True
    choice = choices[0]
    delta = choice.get("delta")
    return (
        delta is not None
        and delta.keys() <= _PLAIN_DELTA
        and not delta.get("refusal")
        and not choice.get("logprobs")
    )


def join(frames: list[dict[str, Any]]) -> Delta:
    """Plain frames as one delta."""
    delta = Delta()
    texts = []
    for frame in frames:
        if frame["choices"]:
            choice = frame["choices"][0]
            texts.append(choice["delta"].get("content") or "")
            delta.finish_reason = choice.get("finish_reason") or delta.finish_reason
        delta.usage = frame.get("usage") or delta.usage
    delta.text = "".join(texts)
    return delta
