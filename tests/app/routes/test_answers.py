"""Responses put together as requests get them, over hand-made ASGI ends."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from app.routes.answers import Responses
from app.state import AppState
from app.streaming.batches import Batch, LastBatch
from app.streaming.sse import SseEncoder
from rag_stream.runnable import RagChain
from rag_stream.settings import load_settings
from tests.support import sse

HEADERS = [(b"x-on-disconnect", b"continue")]
SCOPE: dict[str, Any] = {"type": "http", "method": "POST", "path": "/", "headers": HEADERS}


@pytest.fixture
async def state() -> AsyncIterator[AppState]:
    state = AppState(RagChain(load_settings(resume_mb=1)))
    await state.runs.open()
    yield state
    await state.runs.aclose()


async def test_a_reader_left_behind_by_its_run_is_told_so(state: AppState) -> None:
    """The first connection is slow, and its run grows beyond what is kept of it."""
    encoder, bodies = SseEncoder(), list[bytes]()
    reads, is_reading = asyncio.Event(), asyncio.Event()
    reads.set()

    async def answer() -> Any:
        yield Batch([encoder.event("metadata", {"run_id": "run"})])
        await is_reading.wait()
        reads.clear()
        for _ in range(30):
            yield Batch([encoder.event("data", {"answer": "a" * 100_000})])
            await asyncio.sleep(0)
        reads.set()
        yield LastBatch([encoder.event("end")])

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError("the client stays")

    async def send(message: Message) -> None:
        await reads.wait()
        bodies.append(message.get("body", b""))
        if bodies[-1]:
            is_reading.set()

    response = await Responses(state).stream(Request(SCOPE, receive), answer(), encoder, "run")
    async with asyncio.timeout(10):
        await response(SCOPE, receive, send)
    *before, last = sse.parse(bodies)
    ids = [int(event.id or 0) for event in before]
    assert ids == list(range(1, len(ids) + 1))
    assert (last.event, last.id) == ("error", None)
    assert last.json()["code"] == "events_gone"
    assert json.loads(last.data or "")["run_id"] == "run"


async def test_who_has_left_before_its_run_begins_leaves_none(state: AppState) -> None:
    began = False

    async def answer() -> Any:
        nonlocal began
        began = True
        yield LastBatch([b"never"])

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    with pytest.raises(ClientDisconnect):
        await Responses(state).stream(Request(SCOPE, receive), answer(), SseEncoder(), "run")
    assert (state.admission.count, began) == (0, False)
