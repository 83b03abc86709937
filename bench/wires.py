"""The streams the servers speak: where in an event the answer's text is."""

from typing import Any, Protocol

import orjson


class FailedStreamError(Exception):
    """The stream told of a failure."""


class Wire(Protocol):
    """Reads one stream's events in order."""

    is_over: bool
    """Whether the stream has said that it is complete."""

    def text(self, event: str, data: bytes) -> str:
        """The answer's text in one event. Raises FailedStreamError."""


class LangServe:
    """`/stream`: an object with `answer` a chunk."""

    def __init__(self) -> None:
        self.is_over = False

    def text(self, event: str, data: bytes) -> str:
        if event == "end":
            self.is_over = True
        elif event == "error":
            raise FailedStreamError(data.decode("utf-8", "replace")[:300])
        elif event == "data":
            return self._text(orjson.loads(data))
        return ""

    def _text(self, value: Any) -> str:
        return str(value.get("answer", ""))


class LogPatches(LangServe):
    """`/stream_log`: the answer is what is added to the log's streamed output."""

    def _text(self, value: Any) -> str:
        added = [op["value"] for op in value["ops"] if op["path"] == "/streamed_output/-"]
        return "".join(str(chunk.get("answer", "")) for chunk in added)


class Events(LangServe):
    """`/stream_events`: the answer is in what the outermost run streams."""

    def __init__(self) -> None:
        super().__init__()
        self._run: str | None = None

    def _text(self, value: Any) -> str:
        self._run = self._run or value["run_id"]
        if value["run_id"] != self._run or value["event"] != "on_chain_stream":
            return ""
        chunk = value["data"]["chunk"]
        return str(chunk.get("answer", "")) if isinstance(chunk, dict) else ""


class OpenAI:
    """Chat completion chunks, as a relay sends them; hayhooks leaves `[DONE]` out."""

    def __init__(self) -> None:
        self.is_over = False

    def text(self, event: str, data: bytes) -> str:
        if data == b"[DONE]":
            self.is_over = True
            return ""
        value = orjson.loads(data)
        if "error" in value:
            raise FailedStreamError(str(value["error"])[:300])
        choices = value["choices"]
        self.is_over = self.is_over or any(choice["finish_reason"] for choice in choices)
        return "".join(choice["delta"].get("content") or "" for choice in choices)


class Answers:
    """An object with `answer` an event, `[DONE]` at the end."""

    def __init__(self) -> None:
        self.is_over = False

    def text(self, event: str, data: bytes) -> str:
        if data == b"[DONE]":
            self.is_over = True
            return ""
        return str(orjson.loads(data).get("answer", ""))


class UIMessages:
    """The AI SDK's parts: `text-delta` a token, `[DONE]` at the end."""

    def __init__(self) -> None:
        self.is_over = False

    def text(self, event: str, data: bytes) -> str:
        if data == b"[DONE]":
            self.is_over = True
            return ""
        value = orjson.loads(data)
        if value["type"] == "error":
            raise FailedStreamError(value["errorText"][:300])
        return str(value["delta"]) if value["type"] == "text-delta" else ""
