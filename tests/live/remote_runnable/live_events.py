"""The client's logs and events: every step of the chain, or those asked for."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from langchain_core.documents import Document
from langserve import RemoteRunnable

from tests.support.remote import QUESTION, check, joined, stable

pytestmark = pytest.mark.filterwarnings("ignore:astream_log is deprecated")


async def test_astream_log_builds_up_the_same_output(remote: RemoteRunnable) -> None:
    patches = [patch async for patch in remote.astream_log(QUESTION)]
    log = patches[0]
    for patch in patches[1:]:
        log = log + patch
    state = log.state
    assert state is not None
    assert joined(state["streamed_output"]) == state["final_output"]
    check(state["final_output"])
    assert {"Retriever", "ChatPromptTemplate"} <= set(state["logs"])


async def test_astream_log_can_leave_runs_out(remote: RemoteRunnable) -> None:
    patches = [patch async for patch in remote.astream_log(QUESTION, include_types=["retriever"])]
    paths = [op["path"] for patch in patches for op in patch.ops]
    assert {path.split("/")[2] for path in paths if path.startswith("/logs/")} == {"Retriever"}


async def events_of(remote: RemoteRunnable, **filters: Any) -> AsyncIterator[dict[str, Any]]:
    async for event in remote.astream_events(QUESTION, version="v2", **filters):
        yield event


async def test_astream_events_tells_of_every_step(remote: RemoteRunnable) -> None:
    events = [event async for event in events_of(remote)]
    names = [event["event"] for event in events]
    assert (names[0], names[-1]) == ("on_chain_start", "on_chain_end")
    assert {"on_retriever_start", "on_retriever_end", "on_prompt_end"} <= set(names)
    assert "on_chat_model_stream" in names
    root = events[0]["run_id"]
    chunks = [
        event["data"]["chunk"]
        for event in events
        if event["event"] == "on_chain_stream" and event["run_id"] == root
    ]
    assert stable(joined(chunks)) == stable(remote.invoke(QUESTION))
    found = next(event for event in events if event["event"] == "on_retriever_end")
    assert all(isinstance(document, Document) for document in found["data"]["output"])
    assert not [key for event in events for key in event["metadata"] if key.startswith("__")]


async def test_astream_events_can_be_filtered(remote: RemoteRunnable) -> None:
    events = [event async for event in events_of(remote, include_types=["retriever"])]
    assert {event["event"] for event in events} == {"on_retriever_start", "on_retriever_end"}
