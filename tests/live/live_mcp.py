"""MCP: the official client over streamable HTTP, against a running service."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from mcp import ClientSession, types
from mcp.client.streamable_http import streamable_http_client

from tests.support.faulty_model import FaultyModel
from tests.support.served import over
from tests.support.service import Service

ANSWER = "Breaking a big task into smaller steps [1]. " * 20
INIT = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "a test", "version": "1"},
    },
}
ACCEPT = {"accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def model() -> Iterator[FaultyModel]:
    with FaultyModel() as model:
        yield model


@pytest.fixture(scope="module")
def service(model: FaultyModel, chroma_url: str) -> Iterator[Service]:
    model.script(answer=ANSWER)
    env = over(
        model, chroma_url, RAG_PUBLIC_URL="https://us.example/", RAG_RETRIES=0, RAG_SESSIONS="on"
    )
    with Service(env=env) as service:
        yield service


@asynccontextmanager
async def connected(service: Service) -> AsyncIterator[ClientSession]:
    async with (
        httpx.AsyncClient(trust_env=False, timeout=30) as http,
        streamable_http_client(f"{service.url}/mcp", http_client=http) as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        yield session


def content(result: types.CallToolResult) -> Any:
    """What a tool gave: one text of JSON, and the same beside it."""
    assert not result.isError, result
    [item] = result.content
    assert isinstance(item, types.TextContent)
    value = json.loads(item.text)
    assert result.structuredContent == value
    return value


def complaint(result: types.CallToolResult) -> str:
    assert result.isError
    [item] = result.content
    assert isinstance(item, types.TextContent)
    return item.text


async def test_what_is_searched_is_fetched(service: Service) -> None:
    async with connected(service) as session:
        tools = (await session.list_tools()).tools
        assert [tool.name for tool in tools] == ["search", "fetch", "ask"]
        assert all(tool.annotations and tool.annotations.readOnlyHint for tool in tools)

        found = content(await session.call_tool("search", {"query": "task decomposition"}))
        assert list(found) == ["results"]
        for result in found["results"]:
            assert list(result) == ["id", "title", "url"]
        first = found["results"][0]
        assert first["url"] == f"https://us.example/sources/{first['id']}"

        document = content(await session.call_tool("fetch", {"id": first["id"]}))
        assert list(document) == ["id", "title", "text", "url", "metadata"]
        assert (document["id"], document["url"]) == (first["id"], first["url"])
        assert "Task decomposition means" in document["text"]
        assert document["metadata"]["source"] == "notes.md"


async def test_an_answer_comes_with_its_progress(service: Service) -> None:
    told: list[tuple[float, str]] = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, message or ""))

    async with connected(service) as session:
        question = {"question": "fault:paced:200 What is task decomposition?"}
        result = await session.call_tool("ask", question, progress_callback=note)
    answer = content(result)
    assert list(answer) == ["answer", "citations", "sources", "status"]
    assert answer["status"]["state"] == "completed"
    # First the sources, then the answer as it comes.
    assert told[0] == (0, f"{len(answer['sources'])} sources found")
    assert "".join(message for _, message in told[1:]) == answer["answer"]
    assert [progress for progress, _ in told] == sorted({progress for progress, _ in told})
    assert len(told) > 2


async def test_citations_lead_to_their_sources(service: Service) -> None:
    async with connected(service) as session:
        answer = content(await session.call_tool("ask", {"question": "What is decomposition?"}))
    citation = answer["citations"][0]
    source = answer["sources"][citation["document"]]
    assert source["cited"]
    assert source["number"] == citation["marker"]
    place = f"?quote={citation['quote_start']},{citation['quote_end']}"
    assert citation["url"] == source["url"] + place
    body = {"input": {"input": "What is decomposition?"}}
    async with httpx.AsyncClient(base_url=service.url, trust_env=False, timeout=30) as client:
        output = (await client.post("/rag/invoke", json=body)).json()["output"]
    assert output["citations"] == answer["citations"]  # the same addresses to everybody


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("ask", {"question": "fault:status_401"}, "model_rejected"),
        ("ask", {}, "question: expected text, got nothing (invalid_input"),
        ("ask", {"question": "?", "session_id": ""}, "session_id: expected 1 to 128 printable"),
        ("ask", {"question": 5}, "question: expected text, got 5"),
        ("search", {"query": " "}, "query: expected text, got ' '"),
        ("search", {"query": "x" * 10_001}, "query: expected at most 10000 characters, got 10001"),
        ("fetch", {"id": "nobody's"}, 'id: expected one that `search` gave, got "nobody\'s"'),
        ("fetch", {"id": "\0"}, "source_not_found"),
        ("delete", {}, "name: expected one of search, fetch, ask, got delete"),
    ],
)
async def test_what_fails_is_told_in_words(
    service: Service, tool: str, arguments: dict[str, Any], words: str
) -> None:
    async with connected(service) as session:
        assert words in complaint(await session.call_tool(tool, arguments))
    assert "Traceback" not in service.output()


async def test_an_answer_may_be_one_of_a_session(service: Service) -> None:
    async with connected(service) as session:
        asked = {"question": "What is decomposition?", "session_id": "ours"}
        content(await session.call_tool("ask", asked))
    async with httpx.AsyncClient(base_url=service.url, trust_env=False, timeout=30) as client:
        kept = (await client.get("/chat/sessions/ours")).json()
    assert [turn["question"] for turn in kept["turns"]] == [asked["question"]]


async def test_who_leaves_ends_the_run(service: Service, model: FaultyModel) -> None:
    question = "fault:hang_middle and leave"
    async with connected(service) as session:
        asking = asyncio.create_task(session.call_tool("ask", {"question": question}))
        await asyncio.to_thread(model.wait_until, lambda: bool(model.asked(question)))
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    await asyncio.to_thread(model.wait_until, lambda: not model.live)
    assert [call.outcome for call in model.asked(question)] == ["abandoned"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("{", "expected JSON"),
        ("[]", "expected a JSON object"),
        ("{}", "jsonrpc: expected '2.0'"),
        ('{"jsonrpc": "2.0"}', "method: expected one"),
        ('{"jsonrpc": "2.0", "method": "x", "params": [], "id": 1}', "params: expected an object"),
        ('{"jsonrpc": "2.0", "method": 1, "id": 1}', "method: expected a string"),
        ('{"jsonrpc": "2.0", "method": "x", "id": {}}', "id: expected a string or a number"),
        ('{"jsonrpc": "2.0", "method": "x", "id": ' + "[" * 100_001 + "}", "opening brackets"),
    ],
    ids=lambda value: value[:20],
)
def test_what_is_no_message_is_an_error_of_the_protocol(
    service: Service, body: str, words: str
) -> None:
    headers = {"content-type": "application/json", **ACCEPT}
    answer = httpx.post(f"{service.url}/mcp", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == -32600
    assert words in answer.json()["error"]["message"]


def test_other_ways_to_ask_are_refused(service: Service) -> None:
    for method in ("GET", "DELETE"):
        answer = httpx.request(method, f"{service.url}/mcp", headers=ACCEPT)
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
        assert answer.json()["error"]["data"]["code"] == "http_error"
    large = httpx.post(f"{service.url}/mcp", content=b" " * 1_000_001, headers=ACCEPT)
    assert large.status_code == 413
    evil = httpx.post(f"{service.url}/mcp", json=INIT, headers={**ACCEPT, "host": "evil.example"})
    assert evil.status_code == 421
