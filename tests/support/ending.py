"""How one question to the service ended: asked on any endpoint, held to exactly one ending."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Any, Literal

from tests.support import sse
from tests.support.service import Service

ENDPOINTS = ("invoke", "batch", "stream", "stream_log", "stream_events")
FIELDS = {"status_code", "code", "stage", "message", "retryable", "run_id"}
# No client may see a key, the text of an error from inside, a path of ours, code.
_INTERNAL = re.compile(r"sk-|/srv/|/home/|/tmp/|/usr/|Traceback|Error\(|Errno|Exception|<html|0x7f")
_LOGGED_S = 5.0


@dataclass(frozen=True)
class Ending:
    """`how`: an HTTP error, an error event, or a status; `fields` are those of the error."""

    how: Literal["http", "event", "status"]
    status: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    events: list[sse.Event] = field(default_factory=list)
    answer: str = ""

    @property
    def code(self) -> str:
        return str(self.fields.get("code") or self.status.get("state"))


def body_for(question: str, endpoint: str) -> dict[str, Any]:
    asked = {"input": question}
    return {"inputs": [asked]} if endpoint == "batch" else {"input": asked}


def ask(
    service: Service, question: str, endpoint: str = "stream", *, timeout: float = 30.0
) -> Ending:
    """Ask and read to the end, which has to be a proper one and the only one."""
    return ask_at(service.url, question, endpoint, timeout=timeout)


def ask_at(url: str, question: str, endpoint: str = "stream", *, timeout: float = 30.0) -> Ending:
    body = body_for(question, endpoint)
    with sse.post(f"{url}/rag/{endpoint}", body, timeout=timeout) as stream:
        if stream.status != 200:
            problem = json.loads(stream.text())
            assert problem["status_code"] == stream.status, problem
            return Ending("http", fields=_checked(problem), headers=stream.headers)
        if endpoint in ("invoke", "batch"):
            output = json.loads(stream.text())["output"]
            output = output[0] if endpoint == "batch" else output
            return Ending(
                "status", output["status"], headers=stream.headers, answer=output["answer"]
            )
        events = [event for event in stream if event.comment is None]
        headers = stream.headers
    return ending_of(events, endpoint, headers)


def ending_of(events: list[sse.Event], endpoint: str, headers: Mapping[str, str]) -> Ending:
    """The one ending of a stream that was read to its last byte."""
    *before, last = events
    assert {event.event for event in before} <= {"metadata", "data"}, events
    if endpoint != "stream":
        fields = _checked(last.json()) if last.event == "error" else {}
        how: Literal["event", "status"] = "event" if fields else "status"
        return Ending(how, fields=fields, headers=headers, events=events)
    chunks = [event.json() for event in events if event.event == "data"]
    statuses = [chunk["status"] for chunk in chunks if "status" in chunk]
    answer = "".join(chunk.get("answer", "") for chunk in chunks)
    assert events[0].event == "metadata"
    if last.event == "error":
        fields = _checked(last.json())
        assert fields["run_id"] == events[0].json()["run_id"]
        assert statuses == []
        return Ending("event", fields=fields, headers=headers, events=events, answer=answer)
    assert last.event == "end"
    assert list(chunks[-1]) == ["status"]
    (status,) = statuses
    return Ending("status", status, headers=headers, events=events, answer=answer)


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of an error: all of them, none empty, nothing from inside in them."""
    assert fields.keys() == FIELDS, fields
    # What was refused at the door has not become a run.
    named = {key: value for key, value in fields.items() if key != "run_id"}
    assert all(value not in (None, "") for value in named.values()), fields
    assert fields["run_id"] or fields["stage"] == "request", fields
    assert not _INTERNAL.search(json.dumps(fields)), fields
    return fields


def log_line(service: Service, run_id: str) -> str:
    """The one line that the service has logged of a failed run."""
    end = monotonic() + _LOGGED_S
    while True:
        lines = [line for line in service.output().splitlines() if run_id in line]
        if lines or monotonic() > end:
            (line,) = lines
            return line
        sleep(0.01)


def assert_quiet(service: Service) -> None:
    """Whatever has failed so far, the log has lines of it and no tracebacks."""
    output = service.output()
    for word in ("Traceback", "was never"):  # retrieved, awaited
        at = output.find(word)
        assert at < 0, output[max(0, at - 500) : at + 8000]
