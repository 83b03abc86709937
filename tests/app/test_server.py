"""The application as a whole, in this process: imports, start-up, routes, limits."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from langserve.lzstring import LZString

from app.middleware import MAX_BODY_BYTES
from app.server import create_app
from rag_stream.errors import EmbeddingMismatchError, SettingsError
from rag_stream.index.generation import REBUILD_COMMAND
from rag_stream.runnable import RagChain
from rag_stream.settings import Settings, load_settings
from tests.support.corpus import fill
from tests.support.service import clean_environment, free_port

ENDPOINTS = ["invoke", "batch", "stream", "stream_log", "stream_events"]

# Fails on anything that leaves the process: an import must not look further than its files.
QUIET = """
import socket, subprocess, sys
def forbid(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.posix_spawn"):
        raise SystemExit(f"{event} {arguments}")
    if event == "open" and str(arguments[0]).endswith(".env"):
        raise SystemExit(f"{event} {arguments}")
sys.addaudithook(forbid)
from app.server import app, create_app
create_app()
print(type(app).__name__)
"""


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the app between its start-up and its shutdown."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        yield client


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with running(create_app(RagChain(settings))) as client:
        yield client


def test_importing_needs_no_settings_no_key_no_network_and_no_folder(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("RAG_K=none\n")
    bogus = {
        "RAG_K": "minus one",
        "RAG_CHAT_MODEL": "openai:gpt-4o-mini",
        "RAG_EMBEDDINGS": "nonsense",
        "RAG_CHROMA_URL": "ftp://nowhere",
        "RAG_CHROMA_PATH": str(tmp_path / "chroma"),
        "PORT": "all of them",
    }
    done = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-c", QUIET],
        cwd=tmp_path,
        env=clean_environment(bogus),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "FastAPI\n", "")
    assert [path.name for path in tmp_path.iterdir()] == [".env"]


async def test_the_root_leads_to_the_playground(client: httpx.AsyncClient) -> None:
    response = await client.get("/")
    # Relative, so that it holds behind a proxy that serves us below some path.
    assert response.headers["location"] == "rag/playground/"
    page = await client.get("/", follow_redirects=True)
    assert page.status_code == 200
    assert "<title>Playground</title>" in page.text


async def test_the_documentation_is_complete_and_offers_no_server_config(
    client: httpx.AsyncClient,
) -> None:
    response = await client.get("/openapi.json")
    assert response.status_code == 200
    assert "server_config" not in response.text
    paths = response.json()["paths"]
    for endpoint in ENDPOINTS:
        assert "requestBody" in paths[f"/rag/{endpoint}"]["post"]
    for path, operations in paths.items():
        assert "requestBody" not in operations.get("get", {}), path


async def test_the_schemas_are_the_declared_ones(client: httpx.AsyncClient) -> None:
    chain = RagChain()
    schema = (await client.get("/rag/input_schema")).json()
    assert schema == chain.get_input_schema().model_json_schema()
    schema = (await client.get("/rag/output_schema")).json()
    assert set(schema["properties"]) == {
        "input",
        "question",
        "context",
        "answer",
        "citations",
        "status",
    }
    fields = (await client.get("/rag/config_schema")).json()["$defs"]["Configurable"]["properties"]
    assert set(fields) == {"k", "search_type", "filter"}
    assert (fields["k"]["minimum"], fields["k"]["maximum"]) == (1, 100)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/rag/playground/nope.js", 404),
        ("GET", "/rag/playground/%00", 404),
        ("GET", "/rag/playground/..%2f..%2fserver.py", 404),
        ("GET", "/rag/invoke", 405),
        ("DELETE", "/rag/stream", 405),
        ("POST", "/rag/playground/", 405),
        ("GET", "/rag/c/nonsense/playground/", 422),
        ("GET", "/rag/c/nonsense/input_schema", 422),
        ("GET", "/rag/c/nonsense/output_schema", 422),
        ("GET", "/rag/c/nonsense/config_schema", 422),
        ("GET", "/rag/runs/a%0aWARNING%20b/stream", 404),
        ("DELETE", "/rag/runs/%1b[2J", 404),
    ],
)
async def test_a_wrong_address_is_a_problem_in_the_one_shape(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    response = await client.request(method, path)
    assert response.status_code == status
    assert response.json()["status_code"] == status
    assert response.json()["stage"] == "request"
    assert response.json()["message"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b"\xff", "body"),
        (b"[]", "body"),
        (b"{}", "input"),
        (b'{"input": "Why?", "inputs": 5}', "input"),
        (b'{"input": {"input": ""}, "inputs": [{"input": ""}]}', "input"),
        (b'{"input": {"input": "Why?"}, "inputs": [{"input": "Why?"}], "config": null}', "config"),
        (
            b'{"input": {"input": "Why?"}, "inputs": [{"input": "Why?"}],'
            b' "config": {"configurable": {"top_k": 1}}}',
            "config.configurable.top_k",
        ),
    ],
)
async def test_a_malformed_request_is_422_and_names_the_field(
    client: httpx.AsyncClient, body: bytes, field: str
) -> None:
    for endpoint in ENDPOINTS:
        response = await client.post(f"/rag/{endpoint}", content=body)
        problem = response.json()
        assert (response.status_code, problem["code"]) == (422, "invalid_input"), endpoint
        assert problem["message"].startswith(field), endpoint


def deep(levels: int, leaf: Any = 1) -> Any:
    for _ in range(levels):
        leaf = [leaf]
    return leaf


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("chosen", [{"k": deep(900)}, {"filter": deep(900)}], ids=["k", "filter"])
async def test_a_choice_nested_without_end_is_422(
    client: httpx.AsyncClient, filled: Settings, endpoint: str, chosen: dict[str, Any]
) -> None:
    ask, config = {"input": "Why?"}, {"configurable": chosen}
    body = {"input": ask, "inputs": [ask], "config": config}
    link = LZString.compressToEncodedURIComponent(json.dumps(config))
    bodies = {f"/rag/{endpoint}": body, f"/rag/c/{link}/{endpoint}": body | {"config": {}}}
    for address, sent in bodies.items():
        response = await client.post(address, json=sent)
        assert (response.status_code, response.json()["code"]) == (422, "invalid_input"), address
        assert len(response.content) < 1000


@pytest.mark.parametrize("referer", ["http://[", "http://[/playground/", "\xff", "//["])
async def test_a_referer_that_is_no_address_is_ignored(
    client: httpx.AsyncClient, filled: Settings, referer: str
) -> None:
    headers = {"referer": referer.encode("latin-1")}
    body = {"input": {"input": "Wick?"}}
    response = await client.post("/rag/stream_log", json=body, headers=headers)
    assert response.status_code == 200
    assert "/streamed_output/-" in response.text


PLAYGROUND = {"referer": "http://localhost/rag/playground/"}


@pytest.mark.parametrize("input", [deep(900), {"input": deep(900)}, {"x" * 90_000: 1}], ids=len)
async def test_the_page_is_told_of_bad_input_in_a_few_words(
    client: httpx.AsyncClient, filled: Settings, input: Any
) -> None:
    response = await client.post("/rag/stream_log", json={"input": input}, headers=PLAYGROUND)
    assert (response.status_code, "This went wrong: " in response.text) == (200, True)
    assert len(response.content) < 5000


async def test_a_batch_needs_as_many_configs_as_inputs(client: httpx.AsyncClient) -> None:
    body = {"inputs": [{"input": "Why?"}] * 2, "config": [{}]}
    response = await client.post("/rag/batch", json=body)
    assert response.status_code == 422
    assert "one for each of the 2 inputs, got 1" in response.json()["message"]


async def test_a_body_beyond_the_limit_is_413(client: httpx.AsyncClient) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b" " * (MAX_BODY_BYTES // 2)

    for endpoint in ENDPOINTS:
        declared = await client.post(f"/rag/{endpoint}", content=b" " * (MAX_BODY_BYTES + 1))
        undeclared = await client.post(f"/rag/{endpoint}", content=parts())
        assert (declared.status_code, undeclared.status_code) == (413, 413), endpoint
        assert declared.json()["code"] == "body_too_large"
        assert "expected at most 1000000 bytes, got 1000001" in declared.json()["message"]
        assert undeclared.json()["code"] == "body_too_large"


@pytest.mark.parametrize("endpoint", ENDPOINTS)
async def test_an_empty_index_is_503_before_anything_is_sent(
    client: httpx.AsyncClient, endpoint: str
) -> None:
    ask = {"input": "Why?"}
    response = await client.post(f"/rag/{endpoint}", json={"input": ask, "inputs": [ask]})
    assert response.status_code == 503
    assert response.json()["code"] == "index_empty"
    assert "python -m ingest" in response.json()["message"]


@pytest.fixture
async def filled(settings: Settings) -> Settings:
    await fill(settings)
    return settings


async def test_the_index_of_another_embedding_model_refuses_to_start(filled: Settings) -> None:
    other = filled.model_copy(update={"embeddings": "openai:text-embedding-3-large"})
    with pytest.raises(EmbeddingMismatchError) as caught:
        async with running(create_app(RagChain(other))):
            pass
    assert REBUILD_COMMAND in str(caught.value)


async def test_a_missing_key_refuses_to_start(chroma_url: str) -> None:
    settings = load_settings(chroma_url=chroma_url, chat_model="openai:gpt-4o-mini")
    with pytest.raises(SettingsError, match="OPENAI_API_KEY"):
        async with running(create_app(RagChain(settings))):
            pass


async def test_bad_settings_refuse_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_K", "minus one")
    with pytest.raises(SettingsError, match="RAG_K"):
        async with running(create_app(RagChain())):
            pass


async def test_an_index_server_that_is_away_does_not_keep_it_from_starting(
    settings: Settings,
) -> None:
    away = settings.model_copy(update={"chroma_url": f"http://127.0.0.1:{free_port()}"})
    async with running(create_app(RagChain(away))) as client:
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/readyz")).status_code == 503
        response = await client.post("/rag/invoke", json={"input": {"input": "Why?"}})
    assert response.status_code == 502
    assert response.json()["code"] == "index_unavailable"


async def test_it_can_be_started_again(filled: Settings) -> None:
    app = create_app(RagChain(filled))
    answers: list[Any] = []
    for _ in range(2):
        async with running(app) as client:
            response = await client.post("/rag/invoke", json={"input": {"input": "Wick?"}})
            answers.append(response.json()["output"]["answer"])
    assert answers == ["Hello from the stand-in model."] * 2
