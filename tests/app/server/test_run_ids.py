"""What each endpoint's client sees of an answer: the id that feedback goes by, suggestions."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.server import create_app
from rag_stream.runnable import RagChain
from rag_stream.settings import Settings
from tests.support.corpus import fill
from tests.support.in_process import running
from tests.support.openai_server import OpenAIServer

ANSWER = "Into smaller steps [1]."
SUGGESTED = ["What is a tree of thoughts?"]
USER = {"role": "user", "content": "What is task decomposition?"}
QUESTION = USER["content"]
ASKED = {"model": "rag-stream", "messages": [USER]}
MCP = {"accept": "application/json, text/event-stream"}

Client = httpx.AsyncClient
Seen = tuple[str, Any]
"""The run's id, and the suggestions that came with the answer."""


@pytest.fixture
async def client(
    settings: Settings, openai_server: OpenAIServer, tmp_path: Path
) -> AsyncIterator[Client]:
    await fill(settings)

    def answer(body: dict[str, Any]) -> str:
        is_suggesting = "short questions" in body["messages"][0]["content"]
        return "\n".join(SUGGESTED) if is_suggesting else ANSWER

    openai_server.script(answer=answer)
    changes = {
        "abstain_below": "off",
        "chroma_path": tmp_path / "chroma",
        "feedback": True,
        "suggest": 3,
    }
    async with running(create_app(RagChain(settings.model_copy(update=changes)))) as client:
        client.headers["x-api-key"] = "mine"
        yield client


def data_of(answer: httpx.Response) -> list[Any]:
    lines = [line for line in answer.text.splitlines() if line.startswith("data: {")]
    return [json.loads(line.removeprefix("data: ")) for line in lines]


async def chain(client: Client) -> Seen:
    answer = await client.post("/rag/stream", json={"input": {"input": QUESTION}})
    told = {name: value for one in data_of(answer) for name, value in one.items()}
    return told["run_id"], told["suggestions"]


async def chat(client: Client) -> Seen:
    answer = await client.post("/chat/invoke", json={"input": {"messages": [USER]}})
    output = answer.json()["output"]
    return output["status"]["run_id"], output["suggestions"]


async def completion(client: Client) -> Seen:
    answer = await client.post("/v1/chat/completions", json=ASKED)
    rag = answer.json()["rag"]
    assert answer.headers["x-request-id"] == rag["status"]["run_id"]
    return rag["status"]["run_id"], rag["suggestions"]


async def streamed_completion(client: Client) -> Seen:
    answer = await client.post("/v1/chat/completions", json={**ASKED, "stream": True})
    chunk = data_of(answer)[-1]
    assert answer.headers["x-request-id"] == chunk["rag"]["status"]["run_id"]
    return answer.headers["x-request-id"], chunk["rag"]["suggestions"]


async def ui_message(client: Client) -> Seen:
    message = {"role": "user", "parts": [{"type": "text", "text": QUESTION}]}
    answer = await client.post("/api/chat", json={"id": "one", "messages": [message]})
    parts = {part["type"]: part for part in data_of(answer)}
    run_id = parts["start"]["messageId"]
    assert parts["data-status"]["data"]["run_id"] == run_id
    return run_id, parts["data-suggestions"]["data"]


async def mcp(client: Client) -> Seen:
    params = {"name": "ask", "arguments": {"question": QUESTION}}
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    (told,) = data_of(await client.post("/mcp", json=call, headers=MCP))
    answer = told["result"]["structuredContent"]
    return answer["status"]["run_id"], answer["suggestions"]


ENDPOINTS: tuple[Callable[[Client], Awaitable[Seen]], ...] = (
    *(chain, chat, completion, streamed_completion, ui_message, mcp),
)


async def test_its_caller_judges_an_answer_by_the_id_that_its_client_sees(client: Client) -> None:
    for ask in ENDPOINTS:
        run_id, suggestions = await ask(client)
        said = {"run_id": run_id, "score": 1}
        another_s = await client.post("/feedback", json=said, headers={"x-api-key": "another's"})
        mine = await client.post("/feedback", json=said)
        told = suggestions, another_s.json()["code"], mine.status_code, mine.json()["replaced"]
        assert (ask.__name__, *told) == (ask.__name__, SUGGESTED, "run_not_found", 200, False)
        assert another_s.status_code == 404


async def test_what_front_ends_ask_beside_a_conversation_is_no_answer_to_judge(
    client: Client,
) -> None:
    answer = await client.post("/v1/chat/completions", json=ASKED, headers={"x-task": "title"})
    said = {"run_id": answer.headers["x-request-id"], "score": 1}
    assert (await client.post("/feedback", json=said)).status_code == 404
