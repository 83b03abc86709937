"""One problem in the shape that each kind of client reads."""

import json
from typing import Any

import httpx
import pytest

from app.error_responses import describe_failure
from app.error_shapes import shaped
from app.errors import McpMissingError, OverloadedError
from app.server import create_app
from rag_stream.errors import InvalidInputError, RagError

WRONG = InvalidInputError("messages.0.role: expected 'user', got 5")


def told(error: RagError, path: str, accept: str = "*/*") -> tuple[int, str, Any]:
    shape = shaped(describe_failure(error), path, accept)
    is_json = shape.media_type == "application/json"
    return shape.status, shape.media_type, json.loads(shape.body) if is_json else shape.body


@pytest.mark.parametrize("path", ["", "/rag/invoke", "/v10", "/mcpx", "/api/chats", "/chat"])
def test_whoever_knows_no_other_gets_ours(path: str) -> None:
    assert told(WRONG, path) == (422, "application/json", describe_failure(WRONG))


@pytest.mark.parametrize("path", ["/v1", "/v1/chat/completions"])
def test_openai_s_names_the_field(path: str) -> None:
    status, _, body = told(WRONG, path)
    assert (status, body["error"]["param"]) == (400, "messages.0.role")
    assert (body["error"]["type"], body["error"]["message"]) == (
        "invalid_request_error",
        str(WRONG),
    )


def test_json_rpc_s_has_ours_beside_it() -> None:
    status, _, body = told(WRONG, "/mcp")
    assert (status, body["jsonrpc"], body["id"]) == (400, "2.0", None)
    assert (body["error"]["code"], body["error"]["message"]) == (-32600, str(WRONG))
    assert body["error"]["data"] == describe_failure(WRONG)
    status, _, body = told(McpMissingError("not here"), "/mcp")
    assert (status, body["error"]["code"]) == (501, -32603)


def test_use_chat_gets_the_words_and_json_who_asks_for_it() -> None:
    shape = shaped(describe_failure(WRONG), "/api/chat/x/stop", "*/*")
    assert shape == (422, str(WRONG).encode(), "text/plain", {"x-error-code": "invalid_input"})
    accepted = told(WRONG, "/api/chat", "text/html, application/json")
    assert accepted == (422, "application/json", describe_failure(WRONG))
    assert told(OverloadedError("ask again"), "/api/chat")[0] == 503


LARGE = b" " * 1_000_001


@pytest.mark.parametrize(
    ("path", "begins"),
    [
        ("/rag/invoke", '{"status_code":413,'),
        ("/v1/chat/completions", '{"error":{"message":"body: expected at most 1000000 bytes'),
        ("/mcp", '{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"body: expected'),
        ("/api/chat", "body: expected at most 1000000 bytes, got 1000001"),
    ],
)
async def test_what_is_refused_before_its_route_has_the_shape_of_it(path: str, begins: str) -> None:
    transport = httpx.ASGITransport(create_app(), root_path="/at")
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost/at") as client:
        headers = {"content-type": "application/json"}
        answer = await client.post(path, content=LARGE, headers=headers)
        assert answer.status_code == 413
        assert answer.text.startswith(begins)
        kind = await client.post(path, content=b"{}", headers={"content-type": "text/plain"})
        assert kind.status_code == 415
        assert kind.headers["content-type"] == answer.headers["content-type"]
