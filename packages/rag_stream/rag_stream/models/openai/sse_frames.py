"""The frames of an OpenAI-style chat stream, parsed as they arrive. Pure: no I/O.

Format: https://platform.openai.com/docs/api-reference/chat-streaming. One read of the
socket often brings many frames; their texts are handed on as one delta, because every
step after this one costs by the delta and not by the character.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from rag_stream.answer_piece import AnswerPiece
from rag_stream.http.response import TooLongError, check_parts

Frame = dict[str, Any] | str
"""A frame as its JSON says; of several that differ in nothing but their text, the text."""

MOST_LINE = 2 * 1024 * 1024
"""Bytes of a line: a server that knows no streams sends its answer in one."""
_END = b"[DONE]"
_PLAIN_DELTA = {"role", "content", "refusal"}
_CONTENT = (b'"content":"', b'"content": "')
_PROBE = "\u2603"


class FrameParser:
    """Turns bytes into frames; keeps what is not complete for the next bytes."""

    def __init__(self) -> None:
        self._rest: list[bytes] = []
        self._rest_size = 0
        self._before: bytes | None = None
        self._after = b""
        self.done = False

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames that `data` completes.

        Raises ValueError for what is not JSON, TooLongError for a line that does not end.
        """
        end = data.rfind(b"\n") + 1
        if not end:
            self._keep(data)
            return
        rest = data[end:]
        if self._rest:  # joined once, however many pieces the line came in
            data = b"".join((*self._rest, data))
            end += self._rest_size
            self._rest.clear()
            self._rest_size = 0
        position, may_skip = 0, True
        while position < end:
            if may_skip and self._before is not None and data.startswith(self._before, position):
                text, stop = self._run(data, position, end)
                if text is not None:
                    yield text
                    position = stop
                    continue
                may_skip = False  # and not once more for each of the lines that follow
            line_end = data.index(b"\n", position)
            line = data[position:line_end]
            position = line_end + 1
            if not line.startswith(b"data:"):  # mostly blank; there may be nothing but such lines
                found = data.find(b"\ndata:", line_end, end)
                position = end if found < 0 else found + 1
                continue
            body = line[5:].strip()
            if body == _END:
                self.done = True
                return
            frame = orjson.loads(check_parts(body))
            if self._before is None:
                self._learn(line, frame)
            yield frame
        self._keep(rest)

    def _keep(self, rest: bytes) -> None:
        if rest:
            self._rest.append(rest)
            self._rest_size += len(rest)
            if self._rest_size > MOST_LINE:
                raise TooLongError(f"a line of more than {MOST_LINE} bytes")

    def _run(self, data: bytes, start: int, end: int) -> tuple[str | None, int]:
        """The text of frames that differ in nothing but their text, and where they end.

        So do nearly all frames of an answer, and comparing them with the first costs a
        tenth of parsing each.
        """
        before, after = self._before or b"", self._after
        stop = data.rfind(after, start, end)
        if stop < 0:
            return None, start
        text = b"".join(data[start + len(before) : stop].split(after + before))
        try:
            # As one JSON string: a frame of another kind in between would bring its quotes.
            return orjson.loads(b'"' + text + b'"'), stop + len(after)
        except ValueError:
            return None, start

    def _learn(self, line: bytes, frame: Any) -> None:
        """Remember what stands around the text, where putting another text there proves it."""
        text = _only_text(frame)
        if not text:
            return
        for opening in _CONTENT:
            written = opening + orjson.dumps(text)[1:]
            before, found, after = line.partition(written)
            if found:
                before, after = before + opening, b'"' + after
                probe = orjson.loads((before + _PROBE.encode() + after)[5:])
                frame["choices"][0]["delta"]["content"] = _PROBE
                is_proven = probe == frame
                frame["choices"][0]["delta"]["content"] = text
                if is_proven:
                    newlines = b"\n\r\n" if after.endswith(b"\r") else b"\n\n"
                    self._before, self._after = before, after + newlines
                return


def _only_text(frame: Any) -> str | None:
    """The text of a frame that brings nothing else."""
    if not isinstance(frame, dict) or "error" in frame or not is_plain(frame):
        return None
    if not frame["choices"] or frame.get("usage") or frame["choices"][0].get("finish_reason"):
        return None
    text = frame["choices"][0]["delta"].get("content")
    return text if isinstance(text, str) else None


def is_plain(frame: Frame) -> bool:
    """Whether a frame holds nothing but text, an ending or usage."""
    if isinstance(frame, str):
        return True
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


def join(frames: Sequence[Frame]) -> AnswerPiece:
    """Plain frames as one delta."""
    piece = AnswerPiece()
    texts = []
    for frame in frames:
        if isinstance(frame, str):
            texts.append(frame)
            continue
        if frame["choices"]:
            choice = frame["choices"][0]
            texts.append(choice["delta"].get("content") or "")
            piece.finish_reason = choice.get("finish_reason") or piece.finish_reason
        piece.usage = frame.get("usage") or piece.usage
    piece.text = "".join(texts)
    return piece
