"""OpenAI's API in one process: models, errors in its shape, tasks, and what reaches the model."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.server import create_app
from rag_stream.runnable import RagChain
from rag_stream.settings import Settings
from tests.support.corpus import fill
from tests.support.in_process import running
from tests.support.openai_server import OpenAIServer

PATH = "/v1/chat/completions"
USER = {"role": "user", "content": "What is task decomposition?"}
ASK: dict[str, Any] = {"model": "rag-stream", "messages": [USER]}
TASK = '### Task:\nJSON format: { "title": "..." }\n<chat_history>\nUSER: why is it red\n'


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    await fill(settings)
    changes = {"abstain_below": "off", "retries": 0}
    async with running(create_app(RagChain(settings.model_copy(update=changes)))) as client:
        yield client


async def test_models(client: httpx.AsyncClient) -> None:
    listed = (await client.get("/v1/models")).json()
    assert listed["object"] == "list"
    [model] = listed["data"]
    assert (model["id"], model["object"]) == ("rag-stream", "model")
    assert (await client.get("/v1/models/rag-stream")).json() == model
    error = await client.get("/v1/models/some/other")
    assert (error.status_code, error.json()["error"]["code"]) == (404, "model_not_found")


@pytest.mark.parametrize(
    ("request_", "status", "code", "param"),
    [
        (("POST", PATH, b"{"), 400, "invalid_input", None),
        (("POST", PATH, b"[]"), 400, "invalid_input", None),
        (("POST", PATH, {**ASK, "temperature": 3}), 400, "invalid_input", "temperature"),
        (("POST", PATH, {**ASK, "messages": [{}]}), 400, "invalid_input", "messages.0.role"),
        (("POST", PATH, {**ASK, "tools": [{}]}), 400, "unsupported_parameter", "tools"),
        (("POST", PATH, {**ASK, "model": "gpt-4o"}), 404, "model_not_found", "model"),
        (("POST", PATH, b" " * 1_000_001), 413, "body_too_large", None),
        (("GET", PATH, b""), 405, "http_error", None),
        (("GET", "/v1/nothing", b""), 404, "http_error", None),
        (("POST", "/v1/completions", ASK), 404, "http_error", None),
    ],
    ids=["json", "list", "value", "message", "tools", "model", "large", "method", "get", "post"],
)
async def test_errors_in_openais_shape(
    client: httpx.AsyncClient, request_: Any, status: int, code: str, param: str | None
) -> None:
    method, path, body = request_
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    answer = await client.request(method, path, content=content, headers=headers)
    error = answer.json()["error"]
    assert sorted(error) == ["code", "message", "param", "type"]
    assert (answer.status_code, error["code"], error["param"]) == (status, code, param)
    assert error["type"] == "invalid_request_error"


async def test_a_body_that_is_no_json_is_told_of_in_it_too(client: httpx.AsyncClient) -> None:
    headers = {"content-type": "text/plain"}
    answer = await client.post(PATH, content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "not_json")


@pytest.mark.parametrize("stream", [False, True])
async def test_the_models_failures(
    client: httpx.AsyncClient, openai_server: OpenAIServer, stream: bool
) -> None:
    openai_server.once("gpt-4o-mini", status=429, retry_after="7")
    answer = await client.post(PATH, json={**ASK, "stream": stream})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert answer.json()["error"]["type"] == "rate_limit_error"
    openai_server.once("gpt-4o-mini", status=500)
    answer = await client.post(PATH, json={**ASK, "stream": stream})
    assert (answer.status_code, answer.json()["error"]["type"]) == (502, "server_error")
    assert len(answer.headers["x-request-id"]) == 36


async def test_a_failure_within_a_stream_is_its_last_event(
    client: httpx.AsyncClient, openai_server: OpenAIServer
) -> None:
    openai_server.once("gpt-4o-mini", answer=["One ", "two"], error_after=1)
    answer = await client.post(PATH, json={**ASK, "stream": True})
    *_, last = answer.text.strip().split("\n\n")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert json.loads(last.removeprefix("data: "))["error"]["code"] == "model_failed"
    assert "One" in answer.text
    assert "[DONE]" not in answer.text


async def test_sampling_reaches_the_model(
    client: httpx.AsyncClient, openai_server: OpenAIServer
) -> None:
    chosen = {"temperature": 0.5, "top_p": 0.25, "seed": 7, "max_tokens": 2, "stop": ["END"]}
    answer = await client.post(PATH, json={**ASK, **chosen})
    assert answer.json()["choices"][0]["finish_reason"] == "length"
    body = openai_server.chats[-1].body
    assert {name: body[name] for name in chosen} == chosen
    await client.post(PATH, json=ASK)
    assert not chosen.keys() & openai_server.chats[-1].body.keys()


@pytest.mark.parametrize("by", ["header", "shape"])
async def test_a_task_is_the_bare_models(
    client: httpx.AsyncClient, openai_server: OpenAIServer, by: str
) -> None:
    headers = {"x-task": "title_generation"} if by == "header" else {}
    asked = {"role": "user", "content": TASK if by == "shape" else "A title, please."}
    answer = await client.post(PATH, json={**ASK, "messages": [asked]}, headers=headers)
    assert answer.json()["choices"][0]["message"]["content"] == "Hello from the stand-in model."
    assert answer.json()["rag"]["context"] == []
    assert not openai_server.embeddings[1:]  # one is that of the corpus
    [call] = openai_server.chats
    assert [message["content"] for message in call.body["messages"]] == [asked["content"]]
    assert call.body.get("max_tokens") == (300 if by == "shape" else None)


async def test_the_local_answerer_says_what_it_ignores_and_makes_titles(
    settings: Settings,
) -> None:
    await fill(settings)
    changes = {"chat_model": "local:extractive", "abstain_below": "off"}
    async with running(create_app(RagChain(settings.model_copy(update=changes)))) as client:
        whole = (await client.post(PATH, json={**ASK, "temperature": 1, "stop": "\n"})).json()
        assert whole["rag"]["ignored"] == ["temperature"]
        assert whole["usage"]["total_tokens"] == 0
        task = {**ASK, "messages": [{"role": "user", "content": TASK}]}
        title = (await client.post(PATH, json=task)).json()["choices"][0]["message"]["content"]
        assert json.loads(title) == {"title": "Why is it red"}


async def test_addresses_are_those_that_the_service_is_reached_by(
    client: httpx.AsyncClient, openai_server: OpenAIServer
) -> None:
    openai_server.script(answer="Steps. [1]")
    whole = (await client.post(PATH, json=ASK)).json()
    [annotation] = whole["choices"][0]["message"]["annotations"]
    assert annotation["url_citation"]["url"].startswith("http://test/sources/")


async def test_a_conversation_reaches_the_model(
    client: httpx.AsyncClient, openai_server: OpenAIServer
) -> None:
    said = [
        {"role": "system", "content": "Speak like a pirate."},
        USER,
        {"role": "assistant", "content": "Breaking a task into steps. [1]"},
        {"role": "user", "content": [{"type": "text", "text": "Why is it done?"}]},
    ]
    answer = await client.post(PATH, json={**ASK, "messages": said})
    assert answer.status_code == 200, answer.text
    prompt = openai_server.chats[-1].prompt
    assert prompt.index("Speak like a pirate.") < prompt.index("Breaking a task into steps.")
    assert prompt.rstrip().endswith("Why is it done?")
