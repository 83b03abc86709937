"""One answer as a UI message: the order of its parts, and how it ends."""

from typing import Any

import orjson
import pytest
from langchain_core.documents import Document

from app.errors import RunCancelledError
from app.streaming.batches import Batch, EarlyBatch, LastBatch
from app.ui_messages.writer import MessageWriter
from rag_stream.errors import ModelFailedError
from rag_stream.events import Accepted, Asked, Cited, Ended, Event, Found, Reworded, Suggested, Text
from tests.support.told_events import citation, finished, happening

DOCUMENTS = [Document("one two", metadata={"source": "https://example.com/", "chunk_id": "c1"})]
CITATION = citation(0, "one")


def parts_of(data: bytes) -> list[Any]:
    events = [event.removeprefix(b"data: ") for event in data.split(b"\n\n") if event]
    return [event.decode() if event == b"[DONE]" else orjson.loads(event) for event in events]


async def written(*events: Event | Exception) -> tuple[list[Any], list[Any], list[type]]:
    """The parts that wait for the model, the others, and the kinds of their batches."""
    writer = MessageWriter("run")
    early, rest, kinds = b"", b"", list[type]()
    try:
        async for batch in writer.batches(happening(*events)):
            kinds.append(type(batch))
            if type(batch) is EarlyBatch:
                early += b"".join(batch)
            else:
                rest += b"".join(batch)
    except (ModelFailedError, RunCancelledError) as error:
        rest += writer.error(error)
    return parts_of(early), parts_of(rest), kinds


def kinds_of(parts: list[Any]) -> list[str]:
    return [part if isinstance(part, str) else part["type"] for part in parts]


async def test_an_answer_in_its_order() -> None:
    early, rest, kinds = await written(
        Asked("What?"),
        Reworded("What is it?"),
        Found(DOCUMENTS),
        Text("one"),
        Cited([CITATION]),
        Text(" two"),
        Cited([CITATION]),
        finished(),
    )
    assert kinds_of(early) == ["start", "data-question", "source-url"]
    assert early[0]["messageId"] == "run"
    assert early[1]["data"] == {"standalone": "What is it?", "by": "model"}
    assert kinds_of(rest) == [
        *("text-start", "text-delta", "data-citation", "text-delta", "data-citation"),
        *("text-end", "data-status", "finish", "[DONE]"),
    ]
    assert [part["id"] for part in rest if part != "[DONE]" and "data" in part] == [
        *("citation-1", "citation-2", "status")
    ]
    assert rest[-2]["finishReason"] == "stop"
    assert kinds[-1] is LastBatch


async def test_the_text_ends_before_what_is_suggested() -> None:
    end, more = finished(), Suggested(["And?"])
    _, rest, kinds = await written(Found([]), Text("one"), Ended(end.status), more, end)
    assert kinds_of(rest) == [
        *("text-start", "text-delta", "text-end", "data-suggestions", "data-status"),
        *("finish", "[DONE]"),
    ]
    assert kinds[-3:] == [Batch, Batch, LastBatch]


@pytest.mark.parametrize("before", [[], [Accepted()], [Accepted(), Cited([])]])
async def test_an_answer_without_text_has_an_empty_one(before: list[Event]) -> None:
    _, rest, _ = await written(Found([]), *before, finished())
    assert kinds_of(rest) == ["text-start", "text-end", "data-status", "finish", "[DONE]"]


async def test_a_failure_in_the_middle_ends_the_text_and_is_told() -> None:
    _, rest, _ = await written(Found([]), Text("one"), ModelFailedError("it broke"))
    assert kinds_of(rest) == ["text-start", "text-delta", "text-end", "error", "[DONE]"]
    assert rest[-2]["errorText"] == "it broke"


async def test_a_failure_before_it_begins_nothing() -> None:
    _, rest, kinds = await written(Found([]), ModelFailedError("it broke"))
    assert kinds_of(rest) == ["error", "[DONE]"]
    assert set(kinds) == {EarlyBatch}


async def test_being_stopped_is_no_failure() -> None:
    _, rest, _ = await written(Text("one"), RunCancelledError("stopped"))
    assert kinds_of(rest) == ["text-start", "text-delta", "text-end", "abort", "[DONE]"]
    assert rest[-2]["reason"] == "stopped"


async def test_of_a_fault_of_ours_nothing_internal_is_told() -> None:
    told = MessageWriter("run").error(KeyError("secret"))
    assert b"secret" not in told
    assert kinds_of(parts_of(told)) == ["error", "[DONE]"]
