"""`/chat` in this process: what it publishes, takes and refuses."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from app.server import create_app
from rag_stream.runnable import RagChain
from rag_stream.settings import Settings
from tests.support.in_process import running

PAGE = {"referer": "http://test/chat/playground/"}
QUESTION = "What is task decomposition?"


@pytest.fixture
async def client(filled: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with running(create_app(RagChain(filled))) as client:
        yield client


def message(role: str, content: Any) -> dict[str, Any]:
    return {"role": role, "content": content}


async def test_it_publishes_messages_and_nothing_else(client: httpx.AsyncClient) -> None:
    schema = (await client.get("/chat/input_schema")).json()
    assert {name: field["type"] for name, field in schema["properties"].items()} == {
        "messages": "array"
    }
    validator = Draft202012Validator(schema)
    assert validator.is_valid({"messages": [message("user", QUESTION)]})
    assert validator.is_valid({"messages": [{"type": "human", "content": QUESTION}]})
    assert not validator.is_valid({"messages": []})
    assert not validator.is_valid({"messages": [message("tool", QUESTION)]})
    assert not validator.is_valid({"input": QUESTION})


async def test_its_output_is_a_text_for_its_page_alone(client: httpx.AsyncClient) -> None:
    for path in ("/chat/output_schema", "/chat/c/N4XyA/output_schema"):
        assert (await client.get(path, headers=PAGE)).json()["type"] == "string"
        ours = (await client.get(path)).json()
        assert ours == (await client.get("/rag/output_schema", headers=PAGE)).json()
        assert set(ours["properties"]) >= {"input", "context", "answer", "citations", "status"}


async def test_it_streams_as_the_other_address_does(client: httpx.AsyncClient) -> None:
    async def kinds(path: str, input: Any) -> list[str]:
        streamed = await client.post(f"{path}/stream", json={"input": input})
        data = [line for line in streamed.text.splitlines() if line.startswith("data: {")]
        return [line.split('"')[1] for line in data]

    ours = await kinds("/chat", {"messages": [{"type": "human", "content": QUESTION}]})
    assert ours == await kinds("/rag", {"input": QUESTION})
    assert ours[0] == "run_id"
    assert ours[-1] == "status"


BAD: list[tuple[Any, str]] = [
    ({"messages": []}, "messages: expected the user's message at the end, got none"),
    ({"messages": "?"}, "messages: expected a list of messages, got '?'"),
    ({"messages": [message("user", " ")]}, "messages.0.content: expected text, got an empty"),
    ({"messages": [message("tool", "?")]}, "messages.0.role: expected 'user', 'assistant' or"),
    ({"messages": [message("user", "?")] * 501}, "messages: expected at most 500 messages, got"),
    ({"messages": [message("user", "?")], "k": 1}, "k: expected nothing beside 'messages', got"),
    (
        {"messages": [message("user", [{"type": "image_url"}])]},
        "messages.0.content.0.type: expected 'text' (no images or files), got 'image_url'",
    ),
]


async def test_bad_messages_are_refused_by_name(client: httpx.AsyncClient) -> None:
    for input, complaint in BAD:
        for endpoint in ("invoke", "stream"):
            refused = await client.post(f"/chat/{endpoint}", json={"input": input})
            assert refused.status_code == 422
            assert refused.json()["message"].startswith(f"input.{complaint}")


async def test_its_page_is_shown_what_is_bad(client: httpx.AsyncClient) -> None:
    for input, complaint in BAD:
        shown = await client.post("/chat/stream_log", json={"input": input}, headers=PAGE)
        assert shown.status_code == 200
        assert f"This went wrong: {complaint}" in shown.text
        assert '"path":"/final_output"' in shown.text


async def test_a_batch_names_the_input(client: httpx.AsyncClient) -> None:
    good, bad = ({"messages": [message("user", text)]} for text in (QUESTION, ""))
    refused = await client.post("/chat/batch", json={"inputs": [good, bad]})
    assert refused.status_code == 422
    assert refused.json()["message"].startswith("inputs.1.messages.0.content: expected text")
