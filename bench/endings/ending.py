"""How one answer ended, by all that was received: exactly one ending, or it says what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from bench import wires
from bench.endings import reading
from bench.endings.reading import Event, ReadingError

_FIELDS = {"status_code", "code", "stage", "message", "retryable", "run_id"}
_STATES = {"completed", "truncated", "abstained"}
_WIRES = {
    "stream": wires.LangServe,
    "stream_log": wires.LogPatches,
    "stream_events": wires.Events,
}


@dataclass(slots=True)
class Ending:
    """`how`: completed, truncated, abstained, failed, empty (204), cut, or nothing at all."""

    how: str = "nothing"
    status: int = 0
    code: str = ""
    """Of an error, on whatever way it came."""
    headers: dict[str, str] = field(default_factory=dict)
    answer: str = ""
    run_id: str = ""
    events: list[Event] = field(default_factory=list)
    wrong: str = ""
    """What no client should ever get."""


def ending(data: bytes, endpoint: str = "stream") -> Ending:
    """How the answer to one request ended."""
    found = Ending()
    try:
        _read(found, data, endpoint)
    except (ReadingError, ValueError, KeyError, TypeError, wires.FailedStreamError) as error:
        found.wrong = f"{type(error).__name__}: {error}"
    return found


def _read(found: Ending, data: bytes, endpoint: str) -> None:
    response = reading.response(data)
    if response is None:
        return
    found.how, found.status, found.headers = "cut", response.status, response.headers
    if response.status == 204 and response.is_whole:
        found.how = "empty"
    elif response.status != 200:
        if response.is_whole:
            _fail(found, response.body)
            if found.status != orjson.loads(response.body)["status_code"]:
                found.wrong = f"another status in the body: {response.body[:200]!r}"
    elif endpoint in _WIRES:
        found.events = list(reading.events(response.body, is_whole=response.is_whole))
        _read_events(found, endpoint)
        if response.is_whole and found.how == "cut":
            found.wrong = "the response ended without an ending"
        elif not response.is_whole and found.how != "cut":
            # Its client cannot tell whether that was all.
            found.how = "cut"
    elif response.is_whole:
        output = orjson.loads(response.body)["output"]
        output = output[0] if endpoint == "batch" else output
        _complete(found, output["status"])
        found.answer = output["answer"]


def _read_events(found: Ending, endpoint: str) -> None:
    """A stream from its beginning, or from where it was resumed."""
    wire = _WIRES[endpoint]()
    parts: list[str] = []
    last: dict[str, Any] = {}
    for event in found.events:
        if found.how != "cut":
            raise ReadingError(f"an event after the end: {event}")
        if event.kind == "error":
            _fail(found, event.data)
        elif event.kind == "metadata":
            found.run_id = orjson.loads(event.data)["run_id"]
        elif event.kind == "end":
            if endpoint == "stream":
                _complete(found, last["status"])
            else:
                found.how = "completed"
        elif event.kind == "data":
            parts.append(wire.text(event.kind, event.data))
            last = orjson.loads(event.data)
        else:
            raise ReadingError(f"an unknown event: {event}")
    found.answer = "".join(parts)


def _complete(found: Ending, status: dict[str, Any]) -> None:
    if status["state"] not in _STATES:
        raise ReadingError(f"no such state: {status}")
    found.how = status["state"]


def _fail(found: Ending, body: bytes) -> None:
    fields = orjson.loads(body)
    if fields.keys() != _FIELDS:
        raise ReadingError(f"no proper error: {body[:200]!r}")
    found.how, found.code = "failed", fields["code"]


def numbering(events: Sequence[Event]) -> str:
    """What is wrong with the numbers of a stream's events, which go up by one from 1."""
    for place, event in enumerate(events, start=1):
        if event.id != place:
            return f"event {place} ({event.kind}) has the id {event.id}"
    return ""
