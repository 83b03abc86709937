"""Runs that are begun, left and come back to over real sockets."""

from tests.support import sse
from tests.support.service import Service

ASK = {"input": {"input": "What is Task Decomposition?"}}
CONTINUE = {"X-On-Disconnect": "continue"}
TOKENS = [f"token{number} " for number in range(120)]


def begin(service: Service, read: int, headers: dict[str, str] = CONTINUE) -> list[sse.Event]:
    """Begin a run, read so many events of it and leave without a word."""
    with sse.post(f"{service.url}/rag/stream", ASK, headers=headers) as stream:
        events = iter(stream)
        got = [next(events) for _ in range(read)]
        stream.abort()
    return got


def run_of(events: list[sse.Event]) -> str:
    return str(events[0].json()["run_id"])


def resume(
    service: Service, run_id: str, after: int | str, headers: dict[str, str] | None = None
) -> list[sse.Event]:
    """The rest of a run, to its end."""
    sent = {"Last-Event-ID": str(after), **(headers or {})}
    with sse.get(f"{service.url}/rag/runs/{run_id}/stream", headers=sent) as stream:
        return [event for event in stream if event.comment is None]


def answer(events: list[sse.Event]) -> str:
    chunks = [event.json() for event in events if event.event == "data"]
    return "".join(chunk.get("answer", "") for chunk in chunks)


def ids(events: list[sse.Event]) -> list[int]:
    return [int(event.id or 0) for event in events]
