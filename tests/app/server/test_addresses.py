"""What the application offers where: the page, the documentation, the schemas."""

import httpx
import pytest

from rag_stream.runnable import RagChain
from tests.support.ending import ENDPOINTS


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
        "suggestions",
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
