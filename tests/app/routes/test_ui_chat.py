"""The AI SDK's routes over a scripted chain, in process."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI

from app.routes.ui_chat import ui_chat_routes
from app.state import AppState
from rag_stream.errors import ModelBusyError
from rag_stream.events import Accepted, Event, Found, Text
from rag_stream.runnable import RagChain
from rag_stream.settings import load_settings
from tests.support.runs import until

ASKED = {"id": "a/b", "messages": [{"role": "user", "parts": [{"type": "text", "text": "What?"}]}]}
JSON = {"accept": "application/json"}
CHOSEN = {"configurable": {"k": 3, "session_id": "is not for it"}}


class Scripted(RagChain):
    """Answers with what a test says, and waits where it says nothing more."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(load_settings(**settings))
        self.coming: asyncio.Queue[Event | Exception | None] = asyncio.Queue()
        self.given: list[Any] = []

    def events(self, input: Any, config: Any = None) -> AsyncGenerator[Event, None]:
        self.given.append((input, config))
        return self._events()

    async def _events(self) -> AsyncGenerator[Event, None]:
        while (event := await self.coming.get()) is not None:
            if isinstance(event, Exception):
                raise event
            yield event

    def say(self, *events: Event | Exception | None) -> None:
        for event in events:
            self.coming.put_nowait(event)


Opening = Callable[..., tuple[Scripted, httpx.AsyncClient]]


@pytest.fixture
async def opened() -> AsyncIterator[Opening]:
    opened: list[tuple[AppState, httpx.AsyncClient]] = []

    def open_one(**settings: Any) -> tuple[Scripted, httpx.AsyncClient]:
        chain = Scripted(**settings)
        state, app = AppState(chain), FastAPI()
        app.include_router(ui_chat_routes(chain, state))
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(cast(Any, app)), base_url="http://test", timeout=10
        )
        opened.append((state, client))
        return chain, client

    yield open_one
    for state, client in opened:
        await client.aclose()
        await state.runs.aclose()


async def test_an_answer_is_kept_for_who_wants_it_after_its_end(opened: Opening) -> None:
    chain, client = opened()
    chain.say(Found([]), Text("one"), None)
    answer = await client.post("/api/chat", json={**ASKED, "config": CHOSEN})
    assert answer.status_code == 200
    assert answer.headers["x-vercel-ai-ui-message-stream"] == "v1"
    ((input, config),) = chain.given
    assert input == {"input": "What?"}
    assert config["configurable"].pop("__caller")
    assert config["configurable"] == {"k": 3}
    assert (await client.get("/api/chat/a%2Fb/stream")).status_code == 204
    again = await client.get("/api/chat/a%2Fb/stream?ended=true")
    assert again.content == answer.content
    assert again.headers["x-vercel-ai-ui-message-stream"] == "v1"


async def test_an_answer_stopped_before_it_began_is_no_error(opened: Opening) -> None:
    chain, client = opened()
    asking = asyncio.create_task(client.post("/api/chat", json=ASKED))
    await until(lambda: chain.given)
    while not asking.done():  # its run may not have begun yet
        assert (await client.post("/api/chat/a%2Fb/stop")).status_code == 204
        await asyncio.sleep(0)
    answer = await asking
    assert answer.status_code == 200
    assert answer.headers["x-vercel-ai-ui-message-stream"] == "v1"
    assert answer.content.startswith(b'data: {"type":"abort"')
    assert (await client.post("/api/chat/a%2Fb/stop")).status_code == 204


async def test_where_runs_are_not_shared_an_answer_ends_with_its_connection(
    opened: Opening,
) -> None:
    chain, client = opened(web_concurrency=2)
    chain.say(Accepted(), Text("one"), None)
    assert (await client.post("/api/chat", json=ASKED)).content.endswith(b"data: [DONE]\n\n")
    assert (await client.get("/api/chat/a%2Fb/stream?ended=true")).status_code == 204
    wished = await client.post("/api/chat", json=ASKED, headers={"X-On-Disconnect": "continue"})
    assert wished.headers["x-error-code"] == "resume_unavailable"


@pytest.mark.parametrize("ends", ["continue", "cancel"])
async def test_a_failure_is_its_message_or_json(opened: Opening, ends: str) -> None:
    chain, client = opened()
    wish = {"X-On-Disconnect": ends}
    chain.say(ModelBusyError("it is busy"), ModelBusyError("it is busy"))
    plain = await client.post("/api/chat", json=ASKED, headers=wish)
    assert (plain.status_code, plain.text) == (429, "it is busy")
    assert plain.headers["content-type"].startswith("text/plain")
    assert plain.headers["x-error-code"] == "model_busy"
    assert plain.headers["retry-after"] == "1"
    told = await client.post("/api/chat", json=ASKED, headers={**wish, **JSON})
    assert (told.status_code, told.json()["message"]) == (429, "it is busy")


async def test_what_cannot_be_asked_is_named(opened: Opening) -> None:
    chain, client = opened()
    for headers in ({}, JSON):
        refused = await client.post("/api/chat", json={"id": "x"}, headers=headers)
        assert refused.status_code == 422
        assert "messages: expected a list of messages, got nothing" in refused.text
    configured = {**ASKED, "config": {"configurable": {"top_k": 3}}}
    assert "config.configurable.top_k" in (await client.post("/api/chat", json=configured)).text
    for method, path in (("GET", "stream"), ("POST", "stop")):
        refused = await client.request(method, f"/api/chat/{'x' * 501}/{path}")
        assert (refused.status_code, refused.headers["x-error-code"]) == (422, "invalid_input")
    assert chain.given == []
