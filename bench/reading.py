"""What a finished call says: when each token came, and whether the answer was whole."""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from bench import pace
from bench.call import Call
from bench.wires import FailedStreamError, Wire


@dataclass(slots=True)
class Reading:
    """One answer as its reader saw it; seconds since it was asked for."""

    asked_at: float
    times: list[float] = field(default_factory=list)
    """When each event with text had arrived."""
    chars: list[int] = field(default_factory=list)
    """How many characters each of them held."""
    size: int = 0
    seconds: float = 0.0
    problem: str | None = None
    """Why the answer does not count: None where it was whole and ended as it should."""

    @property
    def tokens(self) -> float:
        return sum(self.chars) / pace.TOKEN_CHARS

    @property
    def first_s(self) -> float:
        return self.times[0]

    @property
    def gaps(self) -> list[float]:
        return [later - sooner for sooner, later in zip(self.times, self.times[1:], strict=False)]

    def stretch(self, ideal_s: float) -> float:
        """How much longer than ideal the text took from its first to its last token."""
        return (self.times[-1] - self.times[0]) / ideal_s


def read(call: Call, wire: Callable[[], Wire], tokens: int) -> Reading:
    """Take a call apart; the answer has to hold exactly so many tokens."""
    reading = Reading(call.asked_at)
    raw = b"".join(call.parts)
    reading.size = len(raw)
    reading.seconds = (call.times[-1] if call.times else call.asked_at) - call.asked_at
    head, blank, _ = raw.partition(b"\r\n\r\n")
    status = head.split(b" ", 2)[1:2]
    if not blank or status != [b"200"] or b"chunked" not in head.lower():
        answered = raw[:300].decode("utf-8", "replace")
        reading.problem = f"no stream but {answered!r}" if raw else "no response"
        return reading
    ends = list(accumulate(map(len, call.parts)))
    body, places = _dechunk(raw, len(head) + 4)
    if not places or not raw.endswith(b"0\r\n\r\n"):
        reading.problem = "the response was cut off"
    spoken, texts = wire(), []
    try:
        for event, data, end in _events(body):
            text = spoken.text(event, data)
            if text:
                at = call.times[bisect_left(ends, _raw_place(places, end))]
                reading.times.append(at - call.asked_at)
                reading.chars.append(len(text))
                texts.append(text)
    except FailedStreamError as error:
        reading.problem = f"an error event: {error}"
    if reading.problem is None and not spoken.is_over:
        reading.problem = "the stream ended without its end event"
    if reading.problem is None and "".join(texts) != pace.answer(tokens):
        reading.problem = f"{reading.tokens:g} tokens instead of {tokens}, or not the same"
    return reading


def _dechunk(raw: bytes, start: int) -> tuple[bytes, list[tuple[int, int]]]:
    """The body of a chunked response, and where each chunk ends: in the body, in the raw bytes."""
    parts: list[bytes] = []
    places: list[tuple[int, int]] = []
    at, size = start, 0
    while (line_end := raw.find(b"\r\n", at)) > 0:
        length = int(raw[at:line_end].split(b";")[0] or b"0", 16)
        if length == 0:
            break
        begin, end = line_end + 2, line_end + 2 + length
        parts.append(raw[begin:end])
        size += len(parts[-1])
        places.append((size, min(end, len(raw))))
        at = end + 2
    return b"".join(parts), places


def _raw_place(places: list[tuple[int, int]], body_end: int) -> int:
    """How many raw bytes had to arrive for the body up to there."""
    chunk_end, raw_end = places[bisect_left(places, (body_end, 0))]
    return raw_end - (chunk_end - body_end)


def _events(body: bytes) -> Iterator[tuple[str, bytes, int]]:
    """Name, data and end of each event; comments are skipped."""
    blank = b"\r\n\r\n" if b"\r\n" in body[:2000] else b"\n\n"
    at = 0
    while (found := body.find(blank, at)) >= 0:
        end = found + len(blank)
        event, data = "", []
        for line in body[at:found].split(b"\n"):
            if line.startswith(b"data:"):
                data.append(line[5:].strip(b" \r"))
            elif line.startswith(b"event:"):
                event = line[6:].strip().decode()
        if event or data:
            yield event, b"\n".join(data), end
        at = end
