"""Requests that cannot be answered: malformed, too large, on an empty index."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from langserve.lzstring import LZString

from app.middleware import MAX_BODY_BYTES
from rag_stream.settings import Settings
from tests.support.ending import ENDPOINTS


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
